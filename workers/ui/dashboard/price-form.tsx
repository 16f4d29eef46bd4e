// A new price of a model, from now on.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { call } from './call.ts'
import { Dialog } from './dialog.tsx'
import { Field } from './key-form.tsx'
import { Trouble } from './notice.tsx'

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
  const [wrong, setWrong] = useState<string>()
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const filled = new FormData(form)
    const rates = RATES.flatMap(([name]) => {
      const text = filled.get(name)
      return typeof text === 'string' && text.trim() !== '' ? [[name, Number(text)]] : []
    })
    const put = await call('/prices', 'PUT', { model, ...Object.fromEntries(rates) })
    if (!put.ok) return setWrong(put.message)
    done()
    close()
  }
  return (
    <Dialog title={`New price for ${model}`} close={close}>
      <form class="fields" onSubmit={(event) => void submit(event)}>
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
        {wrong !== undefined && <Trouble message={wrong} />}
        <div class="dialog-end">
          <button type="button" class="quiet" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="main">
            Set the price
          </button>
        </div>
      </form>
    </Dialog>
  )
}
