// A field of a form, with its name and a hint.
import type { JSX } from 'preact'

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly value?: string | number | null | undefined
  readonly kind?: 'text' | 'number'
  readonly step?: string
  readonly hint?: string
  readonly isNeeded?: true
}

export function Field({ name, label, value, kind = 'text', step, hint, isNeeded }: FieldProps): JSX.Element {
  const given = {
    name,
    defaultValue: value === null || value === undefined ? '' : String(value),
    required: isNeeded === true,
    autocomplete: 'off' as const,
    ...(hint === undefined ? {} : { 'aria-describedby': `${name}-hint` }),
  }
  return (
    <div class="field">
      <label class="field">
        <span class="label">{label}</span>
        {kind === 'number' ? (
          <input {...given} type="number" min={0} step={step ?? '1'} />
        ) : (
          <input {...given} type="text" />
        )}
      </label>
      {hint !== undefined && (
        <span class="note" id={`${name}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}
