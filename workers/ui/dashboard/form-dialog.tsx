// A dialog that is answered: what is filled in is sent, and what was wrong with it stands above its buttons.
import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { Trouble } from './notice.tsx'

interface FormDialogProps {
  readonly title: string
  readonly close: () => void
  /** Resolves with what was wrong, or nothing. */
  readonly send: (filled: FormData) => Promise<string | undefined>
  /** What the buttons say. */
  readonly yes: string
  readonly no?: string
  readonly isDangerous?: true
  readonly children: ComponentChildren
}

export function FormDialog(props: FormDialogProps): JSX.Element {
  const { title, close, send, yes, no = 'Cancel', isDangerous, children } = props
  const [wrong, setWrong] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement) || isBusy) return
    setBusy(true)
    const found = await send(new FormData(form))
    setBusy(false)
    setWrong(found)
  }
  return (
    <Dialog title={title} close={close}>
      <form class="fields" onSubmit={(event) => void submit(event)}>
        {children}
        {wrong !== undefined && <Trouble message={wrong} />}
        <div class="dialog-end">
          <button type="button" class="quiet" onClick={close}>
            {no}
          </button>
          <button type="submit" class={isDangerous === true ? 'main danger' : 'main'} disabled={isBusy}>
            {yes}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
