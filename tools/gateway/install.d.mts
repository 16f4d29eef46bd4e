export function nodeBinary(root: string): string
export function workerdBinary(root: string): string
export function whatIsMissing(root: string): string | undefined
export function install(root: string, say: (line: string) => void, signal?: AbortSignal): Promise<void>
