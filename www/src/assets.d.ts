// Files whose address the bundler gives.
declare module '*.gz?url' {
  const address: string;
  export default address;
}

// Files whose text the bundler gives.
declare module '*?raw' {
  const text: string;
  export default text;
}
