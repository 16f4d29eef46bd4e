// NVIDIA NIM, as NVIDIA hosts it; one's own is reached by giving its `baseUrl`.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const nvidia: Vendor = {
  id: 'nvidia',
  name: 'NVIDIA NIM',
  // https://docs.nvidia.com/nim/large-language-models/latest/api-reference.html
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['service_tier', 'files'],
    // Each model's own card says how; by the chat template for https://build.nvidia.com/z-ai/glm5/modelcard
    thinking: [
      { models: /^z-ai\/glm/, toggle: 'chat_template_kwargs.enable_thinking' },
      { efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
    ],
  }),
  // Models of queries and passages refuse a request that does not say which it is of:
  // https://docs.nvidia.com/nim/nemo-retriever/text-embedding/latest/reference.html
  embeddings: openaiEmbeddings({
    tokens: false,
    purpose: {
      field: 'input_type',
      usual: 'passage',
      words: new Map([
        ['search_query', 'query'],
        ['retrieval_query', 'query'],
        ['search_document', 'passage'],
        ['retrieval_document', 'passage'],
        ['document', 'passage'],
      ]),
    },
  }),
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  authorize: bearer,
  docs: 'https://docs.nvidia.com/nim/large-language-models/latest/api-reference.html',
}
