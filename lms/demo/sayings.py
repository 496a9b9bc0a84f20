"""What the people of the demonstration write in their own words; invented, and of nobody."""

EXAMPLES = (
    "I asked to speak to the young person alone and they told me what was going on.",
    "The screening tool gave us a shared language in the meeting with the school.",
    "In Bloxwich I escalated and the plan was changed within the week.",
    "We went through three records with Juniper and found the same gap in each.",
    "I rang the health visitor in Bloxwich before the visit, and knew what to ask.",
    "On a home visit in Bloxwich I looked into the bedroom and wrote down what I saw.",
    "A father was in the room for once because I had invited him by name.",
    "I used the scaling questions with a mother who had never answered me before.",
    "The officer for Palfrey picked up when I rang, and we had a plan in an hour.",
    "I wrote the referral with the four headings, and nobody rang back to ask for more.",
    "At the strategy meeting on 14 May I said that I disagreed, and it was minuted.",
    "I stopped asking why he did not leave her and asked what would make tonight safer.",
)
DIFFERENCES = (
    "The family has one plan now instead of three.",
    "She is back in her school in Bloxwich four days a week.",
    "He knows whom to ring.",
    "The children saw the dentist in Palfrey for the first time in two years.",
    "Their grandmother was asked what she could do, and she does it.",
    "She told me that somebody had listened.",
    "The carer has a night off each week, and he is calmer for it.",
    "None that I could swear to yet; the visits are easier.",
    "They moved out of Palfrey to somewhere safer, and she has her own key.",
    "He was taken off the plan after six months without a new worry.",
    "Nobody has had to tell their story twice since.",
    "The baby sleeps in a cot, and I have seen it.",
    "She rang us herself the next time, before it was an emergency.",
    "Two brothers see each other in Bloxwich every week again.",
)
COMMENTS = (
    "Hearing from the police and health in one room was the best part.",
    "More time for the case study.",
    "Juniper was clear and practical.",
    "The room was cold and the coffee ran out, and I would come again tomorrow.",
    "I had hoped for more about older children in Bloxwich and elsewhere.",
    "Juniper knows what it is like on a duty desk, and it shows.",
    "Too many slides from Juniper after lunch.",
    "The video of the young people will stay with me.",
    "It told me what I am already doing well, which nobody ever does.",
    "Please tell managers what we were taught. Mine does not know.",
    "Parking at the Town Hall took me half an hour.",
    "The small groups were mixed well: I met two people whom I had only e-mailed.",
)
CHANGES = (
    "Begin half an hour later: schools cannot be there at nine.",
    "Send the case study beforehand.",
    "Ask somebody who has lived through it to speak.",
    "Leave out the history of the law.",
    "Bring a practitioner from adult services in Bloxwich too.",
    "Let Juniper give us a sheet to take to the team meeting.",
)
OF_RISK = (
    "Talking about coercion made me think of a colleague. Her husband waits outside every day and "
    "goes through her bag. She told me on Friday that she is afraid to go home."
)
IMPROVEMENTS = (
    (
        "Safeguarding Children and Young People",
        "Nearly a third of you asked for more time on the case study.",
        "It has an hour now, and you read it beforehand.",
    ),
    (
        "Introduction to Domestic Violence",
        "Commitments were kept least where the manager had not heard of the course.",
        "Managers get a page on what was taught, a week after.",
    ),
    (
        "Child Sexual Exploitation",
        "“Another agency did not respond” was the commonest barrier eight weeks after.",
        "The escalation policy is practised on the day, with its telephone numbers.",
    ),
)
