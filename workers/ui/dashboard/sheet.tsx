// A table that may be wider than the screen: a region to scroll in, with its name, and a head of columns.
import type { ComponentChildren, JSX } from 'preact'

export interface Column {
  readonly title: string
  /** Numbers stand to the right. */
  readonly isNumber?: true
  /** Only heard: what is in the column speaks for itself. */
  readonly isHidden?: true
}

export const plain = (title: string): Column => ({ title })
export const numbers = (title: string): Column => ({ title, isNumber: true })
export const unnamed = (title: string): Column => ({ title, isHidden: true })

interface SheetProps {
  /** What the region is called. */
  readonly label: string
  readonly name?: string
  readonly columns: readonly Column[]
  /** Rows of the body. */
  readonly children: ComponentChildren
  readonly foot?: ComponentChildren
  /** Below the table. */
  readonly note?: ComponentChildren
}

export const Sheet = ({ label, name, columns, children, foot, note }: SheetProps): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label={label}>
    <table class={name}>
      <thead>
        <tr>
          {columns.map(({ title, isNumber, isHidden }) => (
            <th key={title} scope="col" class={isNumber === true ? 'number' : undefined}>
              {isHidden === true ? <span class="hidden">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
      {foot !== undefined && <tfoot>{foot}</tfoot>}
    </table>
    {note !== undefined && <p class="note">{note}</p>}
  </div>
)
