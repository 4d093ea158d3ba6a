/// What went wrong, in the error's words. Apart, for the worker has it too.
export const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
