// What the Worker is given: the bindings of wrangler.toml. Read in index.ts only; here is what they are.
import type { Budget } from './budget/object.ts'
import type { AnswerCacheObject } from './cache/object.ts'
import type { ConversationObject } from './conversation/object.ts'
import type { RegisterObject } from './conversation/register.ts'
import type { Health } from './health/object.ts'
import type { LearnerObject } from './learning/object.ts'
import type { MicroObject } from './micro/object.ts'
import type { AiBinding } from './providers/binding.ts'
import type { RebenchObject } from './rebench/object.ts'
import type { ReplayObject } from './replay/object.ts'
import type { OutboxObject } from './telemetry/object.ts'
import type { ThreadObject } from './thread/object.ts'

/** The bindings of wrangler.toml; beside them stand the secrets that the configuration names. */
export interface Bindings {
  readonly DB: D1Database
  readonly ANSWERS: DurableObjectNamespace<AnswerCacheObject>
  readonly BUDGET: DurableObjectNamespace<Budget>
  readonly CONVERSATION: DurableObjectNamespace<ConversationObject>
  readonly REGISTER: DurableObjectNamespace<RegisterObject>
  readonly HEALTH: DurableObjectNamespace<Health>
  readonly LEARNER: DurableObjectNamespace<LearnerObject>
  readonly MICRO: DurableObjectNamespace<MicroObject>
  readonly THREAD: DurableObjectNamespace<ThreadObject>
  readonly REPLAY: DurableObjectNamespace<ReplayObject>
  readonly OUTBOX: DurableObjectNamespace<OutboxObject>
  readonly REBENCH: DurableObjectNamespace<RebenchObject>
  readonly ASSETS?: Fetcher
  readonly AI?: AiBinding
  /** A local gateway's way to public addresses only; Cloudflare's own network leads nowhere else. */
  readonly PUBLIC?: Fetcher
  /** Where the configured model file lies: a folder of a local gateway, or a bucket. */
  readonly MODEL_FILES?: Fetcher
  readonly MODELS?: R2Bucket
  readonly CONFIG?: string
  readonly CONFIG_NAME?: string
  readonly LOOPBACK?: string
  readonly ADMIN_KEY?: string
  /** And those whose names go on from it. */
  readonly DATA_KEYS?: string
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string
}
