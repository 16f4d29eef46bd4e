// What the document says in words: an introduction, the ways to send a key, and what stands in addresses. Pure.

export const OVERVIEW = `One gateway in front of every model: send OpenAI's, Anthropic's or Gemini's requests here, with a key of the gateway.

\`model\` is a route (\`auto\`), a model of the configuration, or \`<provider>/<model>\`. What a model's own API cannot be told is named in \`x-minnow-dropped\`; fields that are not listed here pass untouched where client and model speak the same API.

A gateway on a loopback address has two keys that need not be made: \`mk-local\` for clients, \`mk-admin-local\` for operators.

Refusals have the shape of the API that was asked, a true status, \`retry-after\` where one is known, and \`x-should-retry: false\` where asking again is no use. Once a stream has begun, a failure is its last event. Browsers may call with publishable keys from the origins that those name; preflights are answered at every address under \`/v1\` and \`/v1beta\`.`

const inHeader = (name: string) => ({ type: 'apiKey', in: 'header', name, description: 'The same key.' })

export const KEYS_TEXT = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the gateway; on this machine `mk-local`.',
  },
  'x-api-key': inHeader('x-api-key'),
  'api-key': inHeader('api-key'),
  'x-goog-api-key': inHeader('x-goog-api-key'),
  admin: { type: 'http', scheme: 'bearer', description: 'The admin key; on this machine `mk-admin-local`.' },
}

/** By the name that stands in an address. */
export const PLACES: Readonly<Record<string, string>> = {
  id: 'The id that the list or the reply gave.',
  item: 'The id of an item.',
  route: 'The name of a route.',
  model: 'A route, a model, or `<provider>/<model>`.',
}
