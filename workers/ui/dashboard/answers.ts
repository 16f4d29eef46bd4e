// What the operator's calls answer, as far as the dashboard reads it. Costs are in US dollars, times in milliseconds.
import type { Attempt } from '../../../shared/plan.ts'

export type { Attempt }

export interface List<T> {
  readonly data: readonly T[]
}

export interface SessionAnswer {
  readonly signed_in: boolean
  readonly expires_at: string | null
}

export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

export interface Use {
  readonly requests: number
  readonly failures: number
  readonly refused: number
  readonly cancelled: number
  readonly rescued: number
  readonly cost: number
  readonly saved: number
  readonly mini_share: number | null
  readonly first_ms: Percentiles
  readonly head_ms: Percentiles
  readonly total_ms: Percentiles
}

export interface Line {
  readonly name: string | null
  readonly requests: readonly number[]
  readonly failures: readonly number[]
  readonly rescued: readonly number[]
  readonly cost: readonly number[]
  readonly saved: readonly number[]
  readonly mini_share: readonly (number | null)[]
  readonly first_ms: { readonly [percent in keyof Percentiles]: readonly (number | null)[] }
}

export interface Series {
  readonly step: 'hour' | 'day'
  readonly starts: readonly string[]
  readonly total: Use
  readonly data: readonly Line[]
  readonly others: number
}

export type UsageGroup = 'model' | 'key' | 'route'

export type UsageRow = Use & { readonly [group in UsageGroup]?: string | null }

export interface Usage extends List<UsageRow> {
  readonly has_more: boolean
}

export interface Dial {
  readonly strongShare?: number
  readonly quality?: number
  readonly maxCostPer1k?: number
}

export interface RequestRow {
  readonly id: string
  readonly request_id: string
  readonly at: string
  readonly key: string
  readonly route: string
  readonly operation: string | null
  readonly tier: string
  readonly reason: string
  readonly score: number | null
  readonly routing: {
    readonly cut?: number
    readonly share?: number
    readonly dial?: Dial
    readonly by?: string
    readonly features?: Readonly<Record<string, number>>
    readonly cache?: { readonly age_ms: number; readonly similarity?: number }
  } | null
  readonly model: string | null
  readonly attempts: readonly Attempt[]
  readonly tokens: {
    readonly input: number
    readonly cache_read: number
    readonly cache_write: number
    readonly output: number
    readonly reasoning: number
    readonly source: string
  }
  readonly cost: number
  readonly frontier_cost: number | null
  readonly clamped_to: number | null
  readonly first_ms: number | null
  readonly head_ms: number | null
  readonly total_ms: number
  readonly stream: boolean
  readonly status: number
  readonly end: string
  readonly failure: string | null
  readonly text?: unknown
}

export interface Requests extends List<RequestRow> {
  readonly last: string | null
}

export interface Budget {
  readonly usd?: number
  readonly tokens?: number
  readonly window: string
  readonly spent?: number
  readonly reserved?: number
  readonly remaining?: number
  readonly resetsAt?: string | null
}

export interface Key {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly budgets: readonly Budget[]
  readonly rpm: number | null
  readonly tpm: number | null
  readonly models: readonly string[] | null
  readonly origins: readonly string[] | null
  readonly storeText: boolean
  readonly createdAt: string | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

export interface Target {
  readonly target: string
  readonly state: 'closed' | 'open' | 'half-open'
  readonly since: string | null
  readonly success: number | null
  readonly requests: number
  readonly latency: { readonly stream: Latency; readonly whole: Latency }
  readonly tokens_per_second: number | null
  readonly cache_hit_share: number | null
  readonly reason?: string
  readonly probe_at?: string
}

export interface Latency {
  readonly p50: number | null
  readonly p95: number | null
  readonly samples: number
}

export interface Price {
  readonly input: number
  readonly cache_read: number
  readonly cache_write: number
  readonly output: number
}

export interface ModelPlace {
  readonly target: string
  readonly context_window: number | null
  readonly price: Price | null
  readonly price_source: string | null
  readonly price_since: string | null
}

export interface Model {
  readonly model: string
  readonly places: readonly ModelPlace[]
}

export interface Measured {
  readonly model: string
  readonly target: string
  readonly at: string
  readonly marked: boolean
  readonly findings: readonly { readonly what: string; readonly kind?: string }[]
  readonly accuracy: { readonly share: number | null; readonly right: number; readonly total: number }
  readonly latency: { readonly first_ms: { readonly p50: number | null; readonly p95: number | null } }
  readonly throughput: { readonly tokens_per_second: number | null }
  readonly cost: { readonly per_1000_requests: number | null; readonly per_correct_answer: number | null }
}

export interface Rebench extends List<Measured> {
  readonly running: { readonly done: number; readonly probes: number; readonly cost: number } | null
  readonly last_run: { readonly ended_at: string; readonly cost: number; readonly probes: number } | null
}

export interface Learned {
  readonly route: string
  readonly tenant: string | null
  readonly labels: { readonly total: number }
  readonly learner: { readonly on: boolean; readonly reason: string }
  readonly curve: Curve | null
  /** Of small models' answers; its curve is there where they are looked at. */
  readonly look: { readonly curve: Curve | null } | null
}

export interface Curve {
  readonly weak: number
  readonly strong: number
  readonly points: readonly { readonly share: number; readonly quality: number }[]
}

export interface Configured {
  readonly route: string
  readonly kind: 'order' | 'tiers'
  readonly order?: readonly string[]
  readonly mini?: readonly string[]
  readonly frontier?: readonly string[]
  readonly cascade?: boolean
  readonly dial: Dial | null
  readonly rescue: boolean
  readonly hedge_after_ms: number | string | null
}

export interface Routes extends List<Learned> {
  readonly configured: readonly Configured[]
}

export interface WhatIf {
  readonly requests: number
  readonly scored: number
  readonly share: number | null
  /** Of those that had a score. */
  readonly scored_share: number | null
  readonly per_1k: number | null
  readonly points: readonly CostPoint[]
  /** Of a cascade that looks at answers: the share is of those, and each of them is paid for. */
  readonly look: Pick<WhatIf, 'scored' | 'scored_share' | 'points'> | null
}

interface CostPoint {
  readonly share: number
  readonly cut: number | null
  readonly per_1k: number
}
