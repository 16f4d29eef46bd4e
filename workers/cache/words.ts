// The words of short questions: what only frames a question, what means the same, what changes its sense. English. Pure.

const list = (words: string): readonly string[] => words.trim().split(/\s+/)

/** Says nothing of what is asked. */
export const FRAMING: ReadonlySet<string> = new Set(
  list(
    'a an the is are am be being do does of that this it its there here so just really actually located situated called',
  ),
)

/** Says that something was. A question of what is has another answer. */
export const PAST: ReadonlySet<string> = new Set(list('was were did had been'))

/** Changes what is asked, wherever it stands: none of these may be in one question and not in the other. */
export const DECISIVE: ReadonlySet<string> = new Set(
  list(`
  not no never none nothing nobody neither nor without except excluding exclude unless instead only but cannot
  who whom whose when where why how what which
  will would can could should must shall may might if
  all every each any both most least more less fewer many much few half double twice first second third last next previous
  always sometimes often rarely already yet still again ever or xor
  max maximum min minimum yesterday today tomorrow now currently
  best worst better worse highest lowest largest smallest biggest longest shortest oldest newest latest fastest slowest
  cheapest i me my mine we our you your he she him her his they them their us
`),
)

/** Changes what is asked by the word after it. */
export const PLACING: ReadonlySet<string> = new Set(
  list(`
  before after since until during between above below over under inside outside within against versus than from into onto
  by with via to for about per off up down on in at as through across
`),
)

/** Words for which another may stand. Only where the sense is the same in a question of any kind. */
const SAME: readonly (readonly string[])[] = [
  list('large big'),
  list('larger bigger'),
  list('begin start'),
  list('purchase buy'),
  list('picture photo image'),
  list('film movie movy'),
  list('car automobile'),
  list('fast quick rapid'),
  list('meaning definition'),
  list('mistake error'),
  list('delete erase remove'),
  list('fix repair'),
  list('phone telephone'),
  list('bicycle bike'),
  list('usa america'),
  list('uk britain'),
  list('child children kid'),
  list('physician doctor'),
  list('euro eur'),
  list('dollar usd'),
  list('kilogram kilo kg'),
  list('kilometer kilometre km'),
  list('meter metre'),
  list('color colour'),
  list('center centre'),
  list('invent create'),
  list('author writer'),
  list('price cost'),
  list('people person human'),
]

export const SYNONYMS: ReadonlyMap<string, string> = new Map(
  SAME.flatMap(([first = '', ...rest]) => rest.map((word): [string, string] => [word, first])),
)

const SOMEBODY = '(?:i|one|you|we|somebody|someone|people)'

/** Ways to ask, and what they come to. In this order, in lower-case text without punctuation but apostrophes. */
export const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(what|who|how|where|when|it|that|there)'s\b/g, '$1 is'],
  [/\bi'm\b/g, 'i am'],
  [/\bi'd\b/g, 'i would'],
  [/\bi've\b/g, 'i have'],
  [/\bcan't\b/g, 'cannot'],
  [/\bwon't\b/g, 'will not'],
  [/n't\b/g, ' not'],
  [/\b(?:hi|hello|hey)\b(?: there)?/g, ' '],
  [/\b(?:thanks|thank you|please|kindly)\b/g, ' '],
  [/\b(?:a )?quick question\b/g, ' '],
  [/\bi (?:am|was) (?:just )?(?:wondering|curious)(?: about)?\b/g, ' '],
  [/\bi wonder\b/g, ' '],
  [/\bi (?:want|need|would like|would love) to (?:know|find out|learn|understand)(?: about)?\b/g, ' '],
  [/\bdo you (?:happen to )?know\b(?: (?:if|whether))?/g, ' '],
  [/\b(?:can|could|would|will) you (?:help me (?:to )?)?(?=tell|give|show|explain|describe|find)/g, ' '],
  [/\b(?:can|could|would|will) you\b/g, ' '],
  [/\blet me know\b/g, ' '],
  [/\b(?:tell|give|show) (?:me|us)\b(?: about)?/g, ' '],
  [/\b(?:explain|describe)(?: to me| to us)?\b/g, ' '],
  [/\bhelp me(?: to)?\b/g, ' '],
  [
    /\b(?:what is )?the (?:best |easiest |right |correct )?(?:way|method|procedure|steps?) (?:to|for|of)\b/g,
    'how',
  ],
  [new RegExp(`\\bhow (?:do|can|could|would|does|should) ${SOMEBODY}\\b`, 'g'), 'how'],
  [new RegExp(`\\bhow (?:is it possible to|to|would ${SOMEBODY} go about)\\b`, 'g'), 'how'],
  [new RegExp(`\\bhow ${SOMEBODY} (?:do|can|could|would|should|may)\\b`, 'g'), 'how'],
  [/\bhow come\b/g, 'why'],
  [/\b(?:what is )?the reason (?:that|why|for)\b/g, 'why'],
  [/\bfor what reason\b/g, 'why'],
  [/\b(?:in|at) (?:what|which) (?:place|location)\b/g, 'where'],
  [/\b(?:which|what) person\b/g, 'who'],
  [/\bwhat (?:does|do) (.+?) mean\b/g, 'meaning of $1'],
  [/\bdefine\b/g, 'meaning of'],
  [/\bhow much (?:does|do|is|are|would) (.+?) cost\b/g, 'price of $1'],
  [/\bhow (?:tall|high) (?:is|are)\b/g, 'height of'],
  [/\bhow long (?:is|are)\b/g, 'length of'],
  [/\bhow old (?:is|are)\b/g, 'age of'],
  [/\bhow heavy (?:is|are)\b/g, 'weight of'],
  [/\bhow (?:many people|many inhabitants) (?:live|are living) in\b/g, 'population of'],
  [/\bwhat (?:is|are)\b/g, ' '],
  [/\bwhat (?=(?:\S+ ){1,4}(?:is|are)\s*$)/g, ' '],
  [/\bwhat (?:was|were)\b/g, 'was'],
]

/** Their plural is another word. */
export const UNLIKE_ONE: ReadonlySet<string> = new Set(
  list(
    'news goods customs glasses arms means pants works savings manners spirits contents damages series species',
  ),
)
