// The terminal's command for what a link holds.

/// What a link says of what is shown is no part of what the terminal runs.
const runOnly = (fragment: string) =>
  fragment.replace(/&(at|tab|cut|layer|unit|probe|embed|tour)=[^&]*/g, '');

/// Double quotes mean the same to sh, cmd.exe and PowerShell around what a link holds:
/// src/experiments/link.rs says why.
export const commandOf = (fragment: string) => `metacls run "#${runOnly(fragment)}"`;
