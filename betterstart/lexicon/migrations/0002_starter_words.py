from django.db import migrations

REVIEWER = "Better Start"

# Our own choice of 24 words: key, group, word, example.
FEELINGS = [
    ("calm", "settled", "calm", "I felt calm once we had sat down with a cup of tea."),
    ("safe", "settled", "safe", "I felt safe telling her how things really are."),
    ("cared_for", "settled", "cared for", "I felt cared for when someone asked how I had slept."),
    ("understood", "settled", "understood", "I felt understood because I did not have to explain it twice."),
    ("connected", "settled", "connected", "I felt connected, like I was part of the street again."),
    ("grateful", "settled", "grateful", "I felt grateful that he came even in the rain."),
    ("hopeful", "bright", "hopeful", "I felt hopeful that the nights will get easier."),
    ("proud", "bright", "proud", "I felt proud when she took her first steps."),
    ("confident", "bright", "confident", "I felt confident taking both children on the bus."),
    ("joyful", "bright", "joyful", "I felt joyful hearing him laugh in the bath."),
    ("curious", "bright", "curious", "I felt curious about the singing group next door."),
    ("encouraged", "bright", "encouraged", "I felt encouraged after she said we are doing well."),
    ("tired", "heavy", "tired", "I felt tired before the day had even started."),
    ("sad", "heavy", "sad", "I felt sad that my mother could not be here."),
    ("lonely", "heavy", "lonely", "I felt lonely in the evenings when the house is quiet."),
    ("flat", "heavy", "flat", "I felt flat, as if nothing mattered much."),
    ("ashamed", "heavy", "ashamed", "I felt ashamed of asking for help with the bills."),
    ("left_out", "heavy", "left out", "I felt left out when the others talked in the kitchen."),
    ("worried", "stirred", "worried", "I felt worried about the letter from the landlord."),
    ("overwhelmed", "stirred", "overwhelmed", "I felt overwhelmed with everything there was to do."),
    ("frustrated", "stirred", "frustrated", "I felt frustrated after an hour on the phone."),
    ("angry", "stirred", "angry", "I felt angry that nobody had told us."),
    ("afraid", "stirred", "afraid", "I felt afraid of what the doctor would say."),
    ("judged", "stirred", "judged", "I felt judged when people looked at us in the shop."),
]

# Words to notice, what could be written instead, why.
PROMPTS = [
    (
        "non-compliant\nnoncompliant\nnot compliant\nnon-compliance",
        "Say what was asked, what happened, and what may have made it hard.",
        "It sounds as if the family broke a rule. Support is a choice.",
    ),
    (
        "failed to\nfailing to\nfails to",
        "Say what happened: “was not able to”, “did not”, “chose not to”, and what got in the way.",
        "“Failed” is a verdict. What happened is a fact.",
    ),
    (
        "refused to engage\nrefuses to engage\nnot engaging\nwon't engage\nfailure to engage\nnon-engagement\ndisengaged",
        "Say what you offered, when, and what the family said or chose.",
        "People do not owe us engagement. It may be the offer that did not fit.",
    ),
    (
        "hard to reach\nhard-to-reach",
        "Say what you tried and what you will try next.",
        "Often it is the service that is hard to reach.",
    ),
    (
        "mum says\nmum said\ndad says\ndad said\nmother says\nmother said\nfather says\nfather said",
        "Use the person's name: “Katie told me…”.",
        "A name keeps the person in the story. A role could be anyone.",
    ),
    (
        "claims that\nclaims to\nclaimed that\nclaimed to\nalleges\nalleged",
        "Write “told me” or “said”, and use their own words.",
        "“Claims” says we do not believe them.",
    ),
    (
        "disguised\ndisguised compliance",
        "Say what you saw, what you heard, and what does not fit together.",
        "It guesses at a motive. If you are worried, tell your safeguarding lead.",
    ),
    (
        "attention seeking\nattention-seeking",
        "Say what the person did, what came before it, and what they may have needed.",
        "Looking for attention is often looking for connection.",
    ),
    (
        "aggressive\nkicked off\nabusive\nhostile",
        "Say what was said and done, and what came before: “She was upset and raised her voice when…”.",
        "A feeling and its context explain more than a label, and help the next visitor more.",
    ),
    (
        "manipulative\nmanipulating\nmanipulates",
        "Say what was asked and how it left you feeling.",
        "It guesses at a motive. Your feeling is yours and worth saying.",
    ),
    (
        "chaotic\ndysfunctional\nunstable home",
        "Describe a morning or an evening as you saw it, with what went well.",
        "One word for a whole home is never fair to everybody in it.",
    ),
    (
        "in denial\nlacks insight\nlack of insight",
        "Say how the person sees it, in their words, and how you see it.",
        "Both views can stand side by side.",
    ),
    (
        "DNA\ndid not attend\nno show\nno-show",
        "Write “not available” or, for a child, “was not brought”, and the reason if you know it.",
        "Families have many good reasons for not being in.",
    ),
    (
        "hysterical\nover-emotional\noveremotional\nneurotic\ndramatic",
        "Name the feeling: upset, frightened, angry, worn out, and what it was about.",
        "These words make a feeling sound unreasonable.",
    ),
    (
        "poor parenting\nbad parent\nbad mother\nbad father\nlazy",
        "Say what the child needed and what happened, and what the parent has managed.",
        "Strengths first. A judgement helps nobody to change.",
    ),
    (
        "naughty\nspoilt\nspoiled",
        "Say what the child did, what came before, and what helped.",
        "Small children tell us things by what they do.",
    ),
    (
        "inappropriate\ninappropriately",
        "Say what you saw or heard.",
        "The reader cannot tell what happened from this word.",
    ),
]


def add_words(apps, schema_editor):
    Feeling = apps.get_model("lexicon", "Feeling")
    FeelingWord = apps.get_model("lexicon", "FeelingWord")
    FairWordingPrompt = apps.get_model("lexicon", "FairWordingPrompt")
    for order, (key, group, word, example) in enumerate(FEELINGS, start=1):
        feeling = Feeling.objects.create(key=key, group=group, order=order)
        FeelingWord.objects.create(
            feeling=feeling, language="en", word=word, example=example, reviewer=REVIEWER, status="reviewed"
        )
    for order, (words, suggestion, why) in enumerate(PROMPTS, start=1):
        FairWordingPrompt.objects.create(language="en", words=words, suggestion=suggestion, why=why, order=order * 10)


class Migration(migrations.Migration):
    dependencies = [("lexicon", "0001_feelings_and_wording")]
    operations = [migrations.RunPython(add_words, migrations.RunPython.noop)]
