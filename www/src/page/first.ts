// The first look: nothing stands in the page's main part before there is something to see in it, for whatever
// comes first would be pushed about by what comes next.

/// There is something to see: a picture, or words why there is none.
export const seen = () => document.querySelector('main')?.classList.add('seen');
