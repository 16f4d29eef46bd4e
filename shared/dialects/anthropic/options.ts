// How hosts of this wire differ from Anthropic's own; given where the vendor is declared. Pure.

export interface AnthropicOptions {
  /** Behind the base address; some hosts name the model and the way of answering here. */
  readonly path: (model: string, stream: boolean) => string
  /** Where a prompt's tokens are counted without an answer. */
  readonly countPath: string
  /** The version of the wire, for hosts that want it in the body, where the model then is not. */
  readonly versionInBody?: string
  /** Is `stream` said in the body? */
  readonly streamInBody: boolean
  /** Are betas named in the body, instead of a header? */
  readonly betasInBody: boolean
  /** Takes `role: 'system'` among the messages, on the models that do. */
  readonly systemInPlace: boolean
  /** Takes no addresses of pictures and documents, only their bytes. */
  readonly inlineMedia: boolean
}

/** Anthropic's own: https://platform.claude.com/docs/en/api/overview */
export const plain: AnthropicOptions = {
  path: () => '/messages',
  countPath: '/messages/count_tokens',
  streamInBody: true,
  betasInBody: false,
  systemInPlace: true,
  inlineMedia: false,
}
