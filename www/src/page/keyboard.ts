// Keys: space runs and pauses, the arrow steps.

/// Where keys have a meaning of their own.
const TYPING = 'input, select, button, summary, textarea, canvas';

export function listen(keys: { space(): void; arrowRight(): void }) {
  document.addEventListener('keydown', (e) => {
    const typing = e.target instanceof HTMLElement && e.target.closest(TYPING);
    if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === ' ') {
      e.preventDefault();
      keys.space();
    } else if (e.key === 'ArrowRight') keys.arrowRight();
  });
}
