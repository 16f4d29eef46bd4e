// The edge cases of the wire that tests are named after: their numbers, and what they are about. A test bears one as
// "row 31: ..." or "rows 37 and 38: ..."; test/unit/rows.test.ts holds that none of them is without.

export interface WireRow {
  readonly row: number
  readonly about: string
  /** Only the running gateway can show it: at least one of its tests goes through workerd. */
  readonly gateway: boolean
}

const wire = (row: number, about: string): WireRow => ({ row, about, gateway: false })
const gateway = (row: number, about: string): WireRow => ({ row, about, gateway: true })

export const WIRE_ROWS: readonly WireRow[] = [
  gateway(1, 'usage comes in one chunk, behind the last finish reason and before the end'),
  gateway(2, 'usage is asked for upstream and kept from clients that did not ask'),
  gateway(3, 'chunks without choices'),
  gateway(4, 'usage in any chunk; none at all is estimated and called so'),
  gateway(5, 'a count of zero'),
  gateway(6, 'cached tokens inside the prompt and beside it'),
  gateway(7, 'the price of writing to a cache'),
  wire(8, 'prices by length and by class of service'),
  gateway(9, 'reasoning is part of the completion, itemised'),
  gateway(10, 'the first event of an Anthropic stream has the true count of the prompt'),
  wire(14, 'a stream that breaks off'),
  wire(15, 'a stream without its end marker'),
  wire(16, 'an event that is no JSON'),
  gateway(19, 'a first token that does not come'),
  gateway(20, 'a 200 whose first events are an error'),
  gateway(21, 'a 200 with nothing in it'),
  gateway(22, 'a 200 whose body is an error'),
  gateway(24, 'which errors are tried again, and where'),
  gateway(25, 'how long to wait, in every form'),
  gateway(26, 'client libraries are told not to try again'),
  gateway(27, 'the shape of errors'),
  gateway(28, 'the status of errors'),
  gateway(29, 'errors leak nothing'),
  gateway(30, 'the names of requests and answers'),
  gateway(31, 'calls are numbered, and named once'),
  gateway(32, 'parallel calls with text between'),
  wire(33, 'arguments that come only when they are done'),
  wire(34, 'an empty list of calls'),
  gateway(35, 'arguments reach the clients of Anthropic from every vendor'),
  gateway(36, 'why an answer ended, in the words of the client'),
  gateway(37, 'the thought signatures of Gemini'),
  gateway(38, 'the signed and redacted thoughts of Anthropic, and encrypted ones'),
  gateway(39, 'thoughts under either name, apart from the answer'),
  gateway(40, 'one output limit, in the field that the model knows'),
  gateway(41, 'instructions: their roles and their order'),
  gateway(42, 'messages without words'),
  gateway(43, 'parameters that nobody knows'),
  gateway(44, 'characters that are cut between two reads'),
  gateway(45, 'every legal framing of server-sent events'),
  gateway(46, 'signs of life in a silence'),
  gateway(47, 'packed answers'),
  gateway(48, 'when the head of an answer is sent'),
  gateway(53, 'several choices, log-probabilities, refusals'),
  gateway(54, 'the numbering and the order of the events of a Response'),
  gateway(55, 'vectors in base64'),
  gateway(56, 'bodies that are too large, no text, or too deep'),
]
