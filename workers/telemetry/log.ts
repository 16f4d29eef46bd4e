// What is written to the operator's log: warnings, and where it is wanted one line of JSON for each request. Never a word
// of a prompt or an answer, never a secret.
import type { Outcome } from '../../shared/plan.ts'
import { completionTokens, promptTokens } from '../../shared/usage.ts'

export interface Log {
  warn(message: string): void
  /** Writes what became of a request. */
  request(outcome: Outcome): void
}

export type Write = (level: 'info' | 'warn' | 'error', line: string) => void

/** `off`: warnings as plain text, and nothing else. `json`: everything as objects, for machines. */
export function openLog(form: 'json' | 'off', write: Write, now: () => number): Log {
  if (form === 'off') return { warn: (message) => write('warn', message), request: () => {} }
  const line = (level: 'info' | 'warn' | 'error', fields: Record<string, unknown>): void =>
    write(level, JSON.stringify({ level, time: new Date(now()).toISOString(), ...fields }))
  return {
    warn: (message) => line('warn', { message }),
    request: (outcome) =>
      line(outcome.end === 'error' ? 'error' : 'info', {
        message: 'request',
        request_id: outcome.requestId,
        key: outcome.keyId,
        route: outcome.route,
        tier: outcome.tier,
        model: outcome.model === '' ? null : outcome.model,
        attempts: outcome.attempts.length,
        status: outcome.status,
        end: outcome.end,
        failure: outcome.failure ?? null,
        stream: outcome.stream,
        head_ms: outcome.headMs ?? null,
        total_ms: outcome.totalMs,
        tokens_in: promptTokens(outcome.usage),
        tokens_out: completionTokens(outcome.usage),
        cost_micros: outcome.costMicros,
      }),
  }
}
