// Files whose address the bundler gives.
declare module '*.gz?url' {
  const address: string;
  export default address;
}
