// The part of node-llama-cpp that the recorder uses, so that the project type-checks without installing it.

declare module 'node-llama-cpp' {
  export type Token = number

  export enum LlamaLogLevel {
    error = 'error',
  }

  export interface LlamaContextSequence {
    clearHistory(): Promise<void>
    evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>
    evaluate(tokens: Token[], options: { temperature: number; yieldEogToken: boolean }): AsyncGenerator<Token>
  }

  export interface LlamaContext {
    getSequence(): LlamaContextSequence
    dispose(): Promise<void>
  }

  export interface LlamaModel {
    readonly trainContextSize: number
    tokenize(text: string, specialTokens: boolean): Token[]
    isEogToken(token: Token): boolean
    createContext(options: {
      contextSize: number
      flashAttention: boolean
      threads: number
      batchSize?: number
    }): Promise<LlamaContext>
    dispose(): Promise<void>
  }

  export interface Llama {
    readonly llamaCppRelease: { readonly repo: string; readonly release: string }
    loadModel(options: { modelPath: string; useMmap: boolean }): Promise<LlamaModel>
    dispose(): Promise<void>
  }

  export function getLlama(options: { gpu: false; build: 'never'; logLevel: LlamaLogLevel }): Promise<Llama>
}
