// The form that makes a key, or gives one other limits. A new key is shown once: the gateway keeps only its hash.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Key } from './answers.ts'
import { call } from './call.ts'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { FormDialog } from './form-dialog.tsx'
import { fieldsIn } from './key-fields.ts'

interface KeyFormProps {
  readonly close: () => void
  readonly done: () => void
  /** The key to be changed; a new one unless given. */
  readonly known?: Key
}

const WINDOWS = ['minute', 'hour', 'day', 'month', 'total']

export function KeyForm({ close, done, known }: KeyFormProps): JSX.Element {
  const [made, setMade] = useState<string>()
  const budget = known?.budgets.find(({ usd }) => usd !== undefined)

  const send = async (filled: FormData): Promise<string | undefined> => {
    const body = fieldsIn(filled, Date.now(), known)
    const answer =
      known === undefined
        ? await call<{ readonly key: string }>('/keys', 'POST', body)
        : await call<{ readonly key: string }>(`/keys/${known.id}`, 'PATCH', body)
    if (!answer.ok) return answer.message
    done()
    if (known === undefined) setMade(answer.value.key)
    else close()
    return undefined
  }

  if (made !== undefined) return <Made value={made} close={close} />
  return (
    <FormDialog
      title={known === undefined ? 'New key' : `Limit ${known.name}`}
      yes={known === undefined ? 'Make the key' : 'Save'}
      close={close}
      send={send}
    >
      <Field name="name" label="Name" value={known?.name} isNeeded hint="Who or what will use it." />
      <div class="pair">
        <Field
          name="usd"
          label="Budget, US dollars"
          kind="number"
          step="any"
          value={budget?.usd}
          hint="Empty: no budget."
        />
        <label class="field">
          <span class="label">for each</span>
          <span class="choice">
            <select name="window">
              {WINDOWS.map((name) => (
                <option key={name} value={name} selected={name === (budget?.window ?? 'month')}>
                  {name === 'total' ? 'in all' : name}
                </option>
              ))}
            </select>
          </span>
        </label>
      </div>
      <div class="pair">
        <Field name="rpm" label="Requests a minute" kind="number" step="1" value={known?.rpm} />
        <Field name="tpm" label="Tokens a minute" kind="number" step="1" value={known?.tpm} />
      </div>
      <Field
        name="models"
        label="Only these models or routes"
        value={known?.models?.join(', ')}
        hint="Separated by commas. Empty: all."
      />
      {known === undefined && (
        <>
          <Field
            name="origins"
            label="For browsers on"
            hint="Origins such as https://example.com make it a publishable key. Empty: a secret one."
          />
          <Field name="days" label="Ends after days" kind="number" step="1" hint="Empty: never." />
        </>
      )}
      <label class="check">
        <input type="checkbox" name="storeText" defaultChecked={known?.storeText ?? false} />
        <span>Keep the text of its prompts and answers, to be read here</span>
      </label>
    </FormDialog>
  )
}

function Made({ value, close }: { readonly value: string; readonly close: () => void }): JSX.Element {
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch {
      // no clipboard without https: the key stands there to be selected
      const shown = document.getElementById('made-key')
      if (shown !== null) getSelection()?.selectAllChildren(shown)
    }
  }
  return (
    <Dialog title="The new key" close={close}>
      <p>Keep it now: it is shown this once, and cannot be shown again.</p>
      <div class="copy-row">
        <code id="made-key">{value}</code>
        <button type="button" class="quiet" onClick={() => void copy()}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <div class="dialog-end">
        <button type="button" class="main" onClick={close}>
          I have it
        </button>
      </div>
    </Dialog>
  )
}
