// Copying: what goes to the clipboard, or, where there is none to be had, stands there selected.

/// Whether a text is in the clipboard now. Pages that come over plain http have none, and browsers refuse it
/// where the reader's press lies too long back.
export async function copied(text: string): Promise<boolean> {
  try {
    if (!navigator.clipboard) return false;
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/// Selects an element's text, so that the keys for copying take it.
export function select(of: HTMLElement) {
  if (of instanceof HTMLInputElement || of instanceof HTMLTextAreaElement) {
    of.focus();
    of.select();
  } else getSelection()?.selectAllChildren(of);
}
