/// Fails with these words after so many milliseconds: for what is waited for beside it.
export const late = (words: string, wait: number) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(words)), wait);
  });
