// Questions that no rule for other words was made with: where they are not found in other words, they are not. Pure.
import { about, type Group } from './groups.ts'

export const UNSEEN: readonly Group[] = [
  ...about(
    ['Norway', 'Vietnam', 'Canada', 'Egypt'],
    [
      (x) => `What currency is used in ${x}?`,
      (x) => `Which currency is used in ${x}?`,
      (x) => `Hi, what currency is used in ${x}?`,
      (x) => `What is the currency used in ${x}?`,
      (x) => `What currency does ${x} use?`,
    ],
    [
      (x) => `What currency was used in ${x}?`,
      (x) => `What language is used in ${x}?`,
      (x) => `What currency is not used in ${x}?`,
      (x) => `What currency is used near ${x}?`,
      (x) => `What symbol does the currency used in ${x} have?`,
    ],
  ),
  ...about(
    ['insulin', 'the telephone', 'dynamite', 'the zipper'],
    [
      (x) => `Who invented ${x}?`,
      (x) => `Who was the inventor of ${x}?`,
      (x) => `Do you know who invented ${x}?`,
      (x) => `Which person invented ${x}?`,
      (x) => `I'd like to know who invented ${x}.`,
    ],
    [
      (x) => `When did someone invent ${x}?`,
      (x) => `Who improved ${x}?`,
      (x) => `Who first sold ${x}?`,
      (x) => `Who did not invent ${x}?`,
      (x) => `Why was ${x} invented?`,
    ],
  ),
  ...about(
    ['a refund', 'an invoice', 'a replacement'],
    [
      (x) => `How do I get ${x}?`,
      (x) => `How can I get ${x}?`,
      (x) => `I want to know how to get ${x}`,
      (x) => `What do I have to do to get ${x}?`,
      (x) => `What's the procedure for getting ${x}?`,
      (x) => `Hello, how would I go about getting ${x}? Thanks!`,
    ],
    [
      (x) => `How long does it take to get ${x}?`,
      (x) => `How do I cancel ${x}?`,
      (x) => `Can I get ${x} after 30 days?`,
      (x) => `Can I get ${x} after 60 days?`,
      (x) => `How do I get ${x} for a business account?`,
      (x) => `Who can get ${x}?`,
    ],
  ),
  ...about(
    ['eggs', 'pasta', 'brown rice'],
    [
      (x) => `How long should I boil ${x}?`,
      (x) => `How long do I boil ${x}?`,
      (x) => `how long to boil ${x}`,
      (x) => `For how many minutes should I boil ${x}?`,
      (x) => `Tell me how long I should boil ${x}`,
    ],
    [
      (x) => `How long should I fry ${x}?`,
      (x) => `How long should I not boil ${x}?`,
      (x) => `How long should I boil ${x} at 2000 metres?`,
      (x) => `How long can I keep boiled ${x}?`,
      (x) => `How much water do I need to boil ${x}?`,
    ],
  ),
  ...about(
    ['git commit', 'docker image', 'cron job'],
    [
      (x) => `How do I delete a ${x}?`,
      (x) => `How can one remove a ${x}?`,
      (x) => `What command deletes a ${x}?`,
      (x) => `How to delete a ${x}`,
      (x) => `Show me how to erase a ${x}`,
    ],
    [
      (x) => `How do I create a ${x}?`,
      (x) => `How do I delete every ${x}?`,
      (x) => `How do I undo deleting a ${x}?`,
      (x) => `How do I delete a ${x} on Windows?`,
      (x) => `How do I rename a ${x}?`,
      (x) => `Why should I delete a ${x}?`,
    ],
  ),
  ...about(
    ['Berlin', 'Nairobi', 'Lima'],
    [
      (x) => `What is the weather like in ${x} today?`,
      (x) => `What's the weather in ${x} today?`,
      (x) => `How is the weather today in ${x}?`,
      (x) => `Today's weather in ${x}`,
    ],
    [
      (x) => `What will the weather be like in ${x} tomorrow?`,
      (x) => `What was the weather like in ${x} yesterday?`,
      (x) => `What is the water temperature in ${x} today?`,
      (x) => `What is the weather like in ${x} in winter?`,
    ],
  ),
  ...about(
    ['ibuprofen', 'paracetamol', 'aspirin'],
    [
      (x) => `Can I take ${x} while pregnant?`,
      (x) => `Is it safe to take ${x} while pregnant?`,
      (x) => `Is ${x} safe while pregnant?`,
      (x) => `can i take ${x} while pregnant`,
    ],
    [
      (x) => `Can I take ${x} while breastfeeding?`,
      (x) => `Can I take two ${x} while pregnant?`,
      (x) => `Can children take ${x}?`,
      (x) => `Can I take ${x} with alcohol while pregnant?`,
      (x) => `Why can I not take ${x} while pregnant?`,
      (x) => `Can I take 400 mg ${x} while pregnant?`,
      (x) => `Can I take 800 mg ${x} while pregnant?`,
    ],
  ),
  {
    same: [
      'What is the speed of light?',
      'How fast is light?',
      'speed of light',
      'Tell me the speed of light',
      'How fast does light travel?',
    ],
    near: [
      'What is the speed of sound?',
      'What is the speed of light in water?',
      'Who measured the speed of light?',
      'Is anything faster than light?',
      'What is the speed of light in miles per hour?',
    ],
  },
  {
    same: [
      'Translate "good morning" to French',
      'Please translate "good morning" to French',
      'Could you translate "good morning" to French?',
      'How do you say "good morning" in French?',
    ],
    near: [
      'Translate "good evening" to French',
      'Translate "good morning" to Spanish',
      'Translate "good morning" from French',
      'Translate "Good morning!" to French, formally',
    ],
  },
  {
    same: [
      'Who was president of the United States in 1990?',
      'Who was the US president in 1990?',
      'Tell me who was president of the United States in 1990',
      'Who was the president of the United States in 1990?',
    ],
    near: [
      'Who was president of the United States in 1991?',
      'Who was vice president of the United States in 1990?',
      'Who was president of France in 1990?',
      'Who ran for president of the United States in 1990?',
      'Who is president of the United States?',
    ],
  },
  {
    same: [
      'Does the premium plan include support?',
      'Is support included in the premium plan?',
      'Does the premium plan include any support?',
      'does the premium plan include support',
    ],
    near: [
      'Does the basic plan include support?',
      'Does the premium plan exclude support?',
      'Does the premium plan include phone support?',
      'Does support include the premium plan?',
      'How much does the premium plan cost?',
      'Did the premium plan include support?',
    ],
  },
  {
    same: [
      'Why does my dog bark at night?',
      'Why is my dog barking at night?',
      'What makes my dog bark at night?',
      'Tell me why my dog barks at night',
    ],
    near: [
      'Why does my cat cry at night?',
      'Why does my dog bark at me?',
      'Why does my dog not bark at night?',
      'How do I stop my dog barking at night?',
      'Why does your dog bark at night?',
      'Why do I bark at my dog at night?',
    ],
  },
  {
    same: [
      'How many calories are in a banana?',
      'How many calories does a banana have?',
      'calories in a banana',
      'How many calories are there in a banana?',
    ],
    near: [
      'How many calories are in two bananas?',
      'How many carbs are in a banana?',
      'How many calories are in a dried banana?',
      'How many calories are in an avocado?',
      'How many bananas have 100 calories?',
      'How few calories are in a banana?',
    ],
  },
  {
    same: [
      'List the planets in order of size',
      'List planets in order of size',
      'Please list the planets in order of size',
      'Give me a list of the planets in order of size',
    ],
    near: [
      'List the planets in order of distance',
      'List the moons in order of size',
      'List the planets in reverse order of size',
      'List the three largest planets in order of size',
      'Count the planets in order of size',
    ],
  },
  {
    same: [
      'Is the store open on Sunday?',
      'Is your store open on Sundays?',
      'Are you open on Sunday?',
      'Is the store open Sundays?',
    ],
    near: [
      'Is the store open on Saturday?',
      'Is the store closed on Sunday?',
      'When does the store open on Sunday?',
      'Is the store open on Easter Sunday?',
      'Was the store open on Sunday?',
      'Is the store open before Sunday?',
    ],
  },
  {
    same: ['x = 3 + 4, what is x?', 'What is x if x = 3 + 4?'],
    near: [
      'x = 3 - 4, what is x?',
      'x = 3 * 4, what is x?',
      'y = 3 + 4, what is y?',
      'x = 4 + 3 + 3, what is x?',
      'x = 3 / 4, what is x?',
    ],
  },
  {
    same: [
      'What is 15 divided by 3?',
      'what is 15 divided by 3',
      "What's 15 divided by 3?",
      'Tell me what 15 divided by 3 is',
    ],
    near: [
      'What is 3 divided by 15?',
      'What is 15 multiplied by 3?',
      'What is 15 divided by 5?',
      'What is 1.5 divided by 3?',
      'What is 150 divided by 3?',
    ],
  },
]
