// A new price of a model, from now on.
import type { JSX } from 'preact'
import { call } from './call.ts'
import { Field } from './field.tsx'
import { FormDialog } from './form-dialog.tsx'

interface PriceFormProps {
  readonly model: string
  readonly close: () => void
  readonly done: () => void
}

const RATES = [
  ['input', 'Input'],
  ['output', 'Output'],
  ['cacheRead', 'Cache read'],
  ['cacheWrite', 'Cache write'],
] as const

export function PriceForm({ model, close, done }: PriceFormProps): JSX.Element {
  const send = async (filled: FormData): Promise<string | undefined> => {
    const rates = RATES.flatMap(([name]) => {
      const text = filled.get(name)
      return typeof text === 'string' && text.trim() !== '' ? [[name, Number(text)]] : []
    })
    const put = await call('/prices', 'PUT', { model, ...Object.fromEntries(rates) })
    if (!put.ok) return put.message
    done()
    close()
    return undefined
  }
  return (
    <FormDialog title={`New price for ${model}`} yes="Set the price" close={close} send={send}>
      <p class="note">
        US dollars per million tokens, from now on. What was paid stays as it was. A price in the
        configuration wins over this one.
      </p>
      <div class="pair">
        {RATES.slice(0, 2).map(([name, label]) => (
          <Field key={name} name={name} label={label} kind="number" step="any" isNeeded />
        ))}
      </div>
      <div class="pair">
        {RATES.slice(2).map(([name, label]) => (
          <Field key={name} name={name} label={label} kind="number" step="any" hint="Empty: as input." />
        ))}
      </div>
    </FormDialog>
  )
}
