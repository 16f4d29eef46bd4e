// The engines with their modules, apart from everything else, so that a Worker that never runs a program never has them in
// memory.
import type { Engines } from './sandbox.ts'
import { openJavaScript } from './javascript.ts'
import javascript from './javascript.wasm'
import { openPython } from './python.ts'
import python from './python.wasm'

export const engines: Engines = { javascript: openJavaScript(javascript), python: openPython(python) }
