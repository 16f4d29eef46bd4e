// What is passed on to a provider that has the same endpoint: speech, pictures, moderation.
import type { Endpoint } from '../../../shared/request.ts'
import type { Body, Operation, Reply } from '../operation.ts'

const file = { type: 'string', contentMediaType: 'application/octet-stream' }

/** A form's fields as far as they are read or needed; all others pass. */
const form = (
  files: Readonly<Record<string, unknown>>,
  example: Readonly<Record<string, unknown>>,
): Body => ({
  contentType: 'multipart/form-data',
  schema: {
    type: 'object',
    required: ['model', ...Object.keys(files)],
    properties: { model: { type: 'string' }, ...files },
  },
  examples: { plain: { summary: 'As curl sends it with -F', value: example } },
})

const json = (value: Readonly<Record<string, unknown>>): Body => ({
  schema: 'PassedQuestion',
  examples: { plain: { summary: 'A request', value } },
})

interface Endpointed {
  readonly id: string
  readonly summary: string
  readonly body: Body
  readonly reply?: Reply
}

const answer: Reply = { description: "The provider's own answer.", json: 'PassedReply' }
const PICTURE = { image: '@picture.png' }

const ALL: Readonly<Record<Endpoint, Endpointed>> = {
  'audio/speech': {
    id: 'createSpeech',
    summary: 'Say a text',
    body: json({ model: 'openai/gpt-4o-mini-tts', voice: 'alloy', input: 'Hello!' }),
    reply: { description: "The provider's own sound.", media: ['audio/mpeg', 'application/octet-stream'] },
  },
  'audio/transcriptions': {
    id: 'createTranscription',
    summary: 'Write down what is said',
    body: form({ file }, { model: 'openai/gpt-4o-transcribe', file: '@speech.wav' }),
  },
  'audio/translations': {
    id: 'createTranslation',
    summary: 'Write down in English what is said',
    body: form({ file }, { model: 'openai/whisper-1', file: '@speech.wav' }),
  },
  'images/generations': {
    id: 'createImage',
    summary: 'Paint a picture',
    body: json({ model: 'openai/gpt-image-1', prompt: 'A minnow in a brook' }),
  },
  'images/edits': {
    id: 'editImage',
    summary: 'Change a picture',
    body: form({ image: file }, { model: 'openai/gpt-image-1', ...PICTURE, prompt: 'In the evening' }),
  },
  'images/variations': {
    id: 'varyImage',
    summary: 'Pictures like this one',
    body: form({ image: file }, { model: 'openai/dall-e-2', ...PICTURE }),
  },
  moderations: {
    id: 'createModeration',
    summary: 'Judge a text',
    body: json({ model: 'openai/omni-moderation-latest', input: 'Hello!' }),
  },
}

export const passed: readonly Operation[] = Object.entries(ALL).map(
  ([endpoint, { id, summary, body, reply = answer }]): Operation => ({
    id,
    method: 'post',
    path: `/v1/${endpoint}`,
    tag: 'Passed on',
    summary,
    access: 'client',
    errors: 'openai',
    asksModel: true,
    body,
    replies: { 200: reply },
  }),
)
