// How a summary of what was said before is told to a model. Pure.

export const summaryText = (text: string, turns: number): string =>
  `What was said before in this conversation, in short (${turns} ${turns === 1 ? 'turn' : 'turns'}):\n${text}`
