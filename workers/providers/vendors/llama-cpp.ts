// llama.cpp's server.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const llamaCpp: Vendor = {
  id: 'llama-cpp',
  name: 'llama.cpp',
  // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
  dialect: openaiChat({
    systemRole: 'system',
    refuses: ['service_tier', 'user', 'files'],
    // `none` turns it off, any other word is handed to the template.
    thinking: [{ efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] }],
  }),
  alternatives: [
    { dialect: openaiResponses({ leastOutput: 1, encrypts: false, plainThoughts: true }) },
    { dialect: anthropic() },
  ],
  // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md#post-v1embeddings-openai-compatible-embeddings-api
  embeddings: openaiEmbeddings({ dimensions: false, user: false }),
  usualAddress: 'http://127.0.0.1:8080/v1',
  authorize: bearer,
  docs: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
}
