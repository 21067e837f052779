"""What people wrote, in the voices of a volunteer, a coordinator and a family. All of it is made up."""

from __future__ import annotations

WISHES = [
    "I would like an hour where I am not the only grown-up.",
    "Getting out of the house with both of them, without dreading it.",
    "Somebody to practise English with who does not mind my mistakes.",
    "To sleep, and to stop feeling guilty about it.",
    "Help with the forms for the nursery place.",
    "To feel like myself again after the birth.",
    "مجھے کسی سے بات کرنی ہے جو سمجھے۔",
    "Another mum to walk to the park with.",
    "To know what to do when he screams in the shop.",
    "Finding my way round here. Everything is new.",
]

TOGETHER = [
    "We made playdough at the kitchen table. {child} laughed so much that the neighbour knocked to see.",
    "Walked to the library and got a card for {child}. {parent} chose three books and read one out loud on the bench.",
    "A quiet visit. {parent} had been up four times in the night, so I held the baby while she had a bath.",
    "We rang the housing office together. Forty minutes on hold, and then a date for the repair.",
    "Sat on the floor and built towers. {parent} said it was the first time this week she had just played.",
    "Went to Stay and play for the first time. {parent} stayed by the door, then came in for the singing.",
    "Practised the words for the health visitor's appointment. {parent} wrote her own list of questions.",
    "Weaning: mashed banana everywhere. {child} ate two spoonfuls and we counted both.",
    "Talked about {parent}'s mum, who is far away. We looked at photographs.",
    "Sorted the baby clothes into sizes. {parent} is passing the smallest ones to a neighbour.",
    "Walked round the lake with the pram in light rain. We both came back soaked and in a better mood.",
    "{parent} cooked for me today and would not hear of me washing up.",
    "Filled in the nursery form. {parent} knew more of the answers than she thought.",
    "Bath time together, because it is the hard part of the day. Bubbles helped.",
    "We took the bus into town, the first time with both children. No tears, not even mine.",
    "{parent} told me about the night the heating failed and how she kept everybody warm. I mostly listened.",
    "Sang the same song nine times. {child} knows the actions now.",
    "Looked at the letter from the school together. It was better news than it had seemed.",
    "ہم نے مل کر چائے پی اور {child} نے پہلی بار قدم اٹھایا۔",
    "A hard start: everybody tired. By the end {child} was asleep and {parent} had eaten lunch sitting down.",
    "We planted cress in egg shells. {child} waters it far too much.",
    "{parent} showed me how she folds samosas. Mine fell open.",
    "Went along to the baby clinic. {parent} asked her question about feeding and got a proper answer.",
    "Tidied one drawer together, and talked about going back to work.",
]

WHILE_WAITING = [
    "Rang to say we have not forgotten. {parent} is glad of a voice; the nights are a little easier.",
    "{parent} asked how long it may still take. I said honestly that I do not know, and when I will ring again.",
    "A short call. Told {parent} about the Thursday group at the library, in case they feel like it.",
]

ENDING = [
    "We looked at the photographs from the first visits. {parent} said she hardly recognised how worried she looked.",
    "Last visit. We walked to the park where we went in the first week, and {child} ran the whole way.",
]

INITIAL = [
    "Explained what we write down and that {parent} can read it. Talked about what would help, and what would not.",
    "Met {parent} and the children at home. She would like company more than advice.",
]

INTRODUCTION = [
    "Introduced {worker} to {parent}. They found out that they both grew up by the sea. Tuesdays at ten suit."
]

SAFETY_NOTES = [
    "Buzzer does not work: knock on the window.",
    "A friendly dog, kept in the kitchen during visits.",
    "Third floor, no lift.",
    "Please take shoes off at the door.",
    "No signal in the flat: ring before you go in and when you are out.",
    "Meet at the children's centre, not at home.",
]

STREETS = [
    "Sycamore Row", "Kiln Street", "Mill Bank", "Orchard Place", "Weaver Lane", "Foundry Yard", "Chapel Fold",
    "Heather View", "Cobbler Street", "Quarry Road", "Lark Avenue", "Spindle Court",
]  # fmt: skip

# As in betterstart/places/made_up: Q is the first letter of no real postcode.
POSTCODES = ["QB3 8QX", "QB3 9LD", "QB4 7EH", "QB4 8PR", "QB5 0NB", "QB5 7RT", "QB5 9JW", "QB3 0DY"]
