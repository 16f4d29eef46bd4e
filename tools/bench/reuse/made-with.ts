// The questions that the rules for other words were made with. Pure.
import { about, type Group } from './groups.ts'

export const MADE_WITH: readonly Group[] = [
  ...about(
    ['France', 'Kenya', 'South Korea', 'Peru'],
    [
      (x) => `What is the capital of ${x}?`,
      (x) => `Tell me the capital of ${x}.`,
      (x) => `What's ${x}'s capital?`,
      (x) => `Could you please tell me ${x}'s capital?`,
      (x) => `capital of ${x}`,
    ],
    [
      (x) => `What was the capital of ${x}?`,
      (x) => `What is the largest city of ${x}?`,
      (x) => `What is not the capital of ${x}?`,
      (x) => `Why is that the capital of ${x}?`,
      (x) => `What is the population of the capital of ${x}?`,
      (x) => `What is the capital of ${x} called in German?`,
    ],
  ),
  ...about(
    ['Mount Everest', 'the Eiffel Tower', 'Kilimanjaro'],
    [
      (x) => `How tall is ${x}?`,
      (x) => `What is the height of ${x}?`,
      (x) => `How high is ${x}?`,
      (x) => `Give me the height of ${x}`,
    ],
    [
      (x) => `How tall was ${x}?`,
      (x) => `How tall is ${x} in feet?`,
      (x) => `How old is ${x}?`,
      (x) => `How far is ${x}?`,
      (x) => `How tall is ${x} compared with a house?`,
    ],
  ),
  ...about(
    ['my password', 'my router', 'the app'],
    [
      (x) => `How do I reset ${x}?`,
      (x) => `How can I reset ${x}?`,
      (x) => `How to reset ${x}?`,
      (x) => `Please tell me how to reset ${x}`,
      (x) => `What is the best way to reset ${x}?`,
      (x) => `Can you explain how I can reset ${x}?`,
    ],
    [
      (x) => `How do I delete ${x}?`,
      (x) => `Why do I reset ${x}?`,
      (x) => `How often do I reset ${x}?`,
      (x) => `How do I reset ${x} without a phone?`,
      (x) => `Should I reset ${x}?`,
      (x) => `How do I reset ${x} on Android?`,
    ],
  ),
  ...about(
    ['photosynthesis', 'inflation', 'a mutex'],
    [
      (x) => `What is ${x}?`,
      (x) => `Explain ${x}.`,
      (x) => `Can you explain to me what ${x} is?`,
      (x) => `Please describe ${x}`,
      (x) => `I would like to know what ${x} is`,
    ],
    [
      (x) => `What causes ${x}?`,
      (x) => `Who discovered ${x}?`,
      (x) => `What is ${x} good for in 2023?`,
      (x) => `Explain ${x} in one sentence.`,
      (x) => `Explain ${x} in two sentences.`,
    ],
  ),
  ...about(
    ['5', '50', '500'],
    [
      (x) => `How much is ${x} dollars in euros?`,
      (x) => `How much is ${x} USD in EUR?`,
      (x) => `how much is ${x} dollars in euros`,
    ],
    [
      (x) => `How much is ${x} euros in dollars?`,
      (x) => `How much is ${x} dollars in yen?`,
      (x) => `How much was ${x} dollars in euros?`,
      (x) => `How much is -${x} dollars in euros?`,
      (x) => `How much is ${x}% of dollars in euros?`,
    ],
  ),
  {
    same: [
      'When was the Eiffel Tower built?',
      'When was the Eiffel tower built',
      'Do you know when the Eiffel Tower was built?',
    ],
    near: [
      'Where was the Eiffel Tower built?',
      'Who built the Eiffel Tower?',
      'When was the Eiffel Tower painted?',
      'When will the Eiffel Tower be built?',
    ],
  },
  {
    same: [
      'flights from Rome to Paris',
      'Show me flights from Rome to Paris',
      'Flights from Rome to Paris, please',
    ],
    near: [
      'flights from Paris to Rome',
      'flights to Paris from Milan',
      'flights from Rome to Paris via Lyon',
      'trains from Rome to Paris',
      'return flights from Rome to Paris',
    ],
  },
  {
    same: [
      'Is Pluto larger than Mercury?',
      'Is Pluto bigger than Mercury?',
      'Do you know if Pluto is bigger than Mercury?',
    ],
    near: [
      'Is Mercury larger than Pluto?',
      'Is Pluto smaller than Mercury?',
      'Is Pluto not larger than Mercury?',
      'Is Pluto larger than Mars?',
    ],
  },
  {
    same: ['What does "idempotent" mean?', 'Define "idempotent".', 'What is the meaning of "idempotent"?'],
    near: ['What does "idempotency" mean?', 'What does "Idempotent Inc" mean?', 'Who coined "idempotent"?'],
  },
  {
    same: [
      'How do I sort a list in Python?',
      'How can I sort a list in Python?',
      'How to sort lists in Python',
    ],
    near: [
      'How do I sort a list in Java?',
      'How do I sort a list in Python descending?',
      'How do I sort a dict in Python?',
      'How do I sort a list in Python 2?',
      'How do I copy a list in Python?',
    ],
  },
  {
    same: [
      'Which movies won an Oscar in 1994?',
      'Which films won an Oscar in 1994?',
      'Tell me which films won an Oscar in 1994',
    ],
    near: [
      'Which movies won an Oscar in 1995?',
      'Which movies won no Oscar in 1994?',
      'Which movie won the most Oscars in 1994?',
      'Which movies lost an Oscar in 1994?',
    ],
  },
  {
    same: [
      'Write a letter to my boss',
      'Please write a letter to my boss',
      'Could you write a letter to my boss?',
    ],
    near: [
      'Write a letter for my boss',
      'Write a letter about my boss',
      'Write a letter from my boss',
      'Write a letter to your boss',
      'Rewrite a letter to my boss',
    ],
  },
  {
    same: ['What does a nurse do?', 'what does a nurse do', 'Please tell me: what does a nurse do?'],
    near: [
      'What can a nurse do?',
      'What would a nurse do?',
      'What should a nurse do?',
      'What did a nurse do?',
      'What does a nurse not do?',
      'What do nurses wear?',
    ],
  },
  {
    same: ['Which jobs are there in IT?', 'Tell me which jobs there are in IT'],
    near: [
      'Which jobs are in it?',
      'Which jobs are there in the US?',
      'Which jobs are there for us?',
      'Which new jobs are there in IT?',
      'Which jobs are in the news?',
    ],
  },
]
