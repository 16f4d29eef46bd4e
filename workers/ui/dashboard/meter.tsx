// How much of a limit is gone: spent, then reserved for what is running, then left.
import type { JSX } from 'preact'

interface MeterProps {
  readonly label: string
  /** Shares of the limit, 0..1. */
  readonly spent: number
  readonly reserved: number
  readonly says: string
  readonly note: string
}

const TIGHT = 0.9

export function Meter({ label, spent, reserved, says, note }: MeterProps): JSX.Element {
  const gone = Math.min(1, Math.max(0, spent))
  const held = Math.min(1 - gone, Math.max(0, reserved))
  return (
    <div class="meter" data-tight={gone + held >= TIGHT}>
      <p class="meter-head">
        <span>{label}</span>
        <span class="faint">{note}</span>
      </p>
      <div class="meter-track" role="img" aria-label={`${label}: ${says}`}>
        <span class="meter-spent" style={{ width: `${gone * 100}%` }} />
        <span class="meter-held" style={{ width: `${held * 100}%` }} />
      </div>
      <p class="note">{says}</p>
    </div>
  )
}
