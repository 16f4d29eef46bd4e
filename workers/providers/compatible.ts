// Any server that speaks OpenAI's chat completions: Ollama, vLLM, TGI, llama.cpp and the rest.
import { openaiChat } from '../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from './vendor.ts'

export const compatible: Vendor = {
  id: 'compatible',
  // `developer` is OpenAI's own; chat templates of open models know `system`.
  dialect: openaiChat({ systemRole: 'system' }),
  authorize: bearer,
}
