// How the Worker's bundler hands over files that are not code.

declare module '*.gguf' {
  const file: ArrayBuffer
  export default file
}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
