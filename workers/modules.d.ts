// How the Worker's bundler hands over files that are not code.

declare module '*.jsonc' {
  const text: string
  export default text
}

declare module '*.bin' {
  const file: ArrayBuffer
  export default file
}

declare module '*.jsonl' {
  const text: string
  export default text
}
