// micro's object with its model in a bucket, as a deployment has it; what the bucket holds is the test's.
import { openSeals } from '../../shared/seal.ts'
import { cipher } from '../../workers/cipher.ts'
import { MicroObject } from '../../workers/micro/object.ts'
import { modelSource } from '../../workers/micro/source.ts'

interface Bindings {
  readonly MICRO: DurableObjectNamespace<Micro>
  readonly MODELS: R2Bucket
  readonly GGUF: string
}

const seal = openSeals(`lab:${'A'.repeat(43)}`, cipher).at('pages', 'lab')

export class Micro extends MicroObject {
  constructor(state: DurableObjectState, env: Bindings) {
    const source = modelSource(env.GGUF, { folder: undefined, bucket: env.MODELS, pages: undefined })
    super(state, env, { source, warn: console.warn, seal })
  }
}

export default {
  fetch: (request: Request, env: Bindings): Promise<Response> => env.MICRO.getByName('one').fetch(request),
}
