// The terminal's command for what a link holds.

/// What a link says of what is shown is no part of what the terminal runs.
const unseen = (fragment: string) => fragment.replace(/&(at|tab|cut|layer|unit|probe|embed|tour)=[^&]*/g, '');

/// Nor is what a sweep varies.
const runOnly = (fragment: string) => unseen(fragment).replace(/&vary=[^&]*/g, '');

/// Double quotes mean the same to sh, cmd.exe and PowerShell around what a link holds:
/// src/experiments/link.rs says why.
export const commandOf = (fragment: string) => `metacls run "#${runOnly(fragment)}"`;

/// The same of the sweep that a link holds.
export const sweepCommandOf = (fragment: string) => `metacls sweep "#${unseen(fragment)}"`;
