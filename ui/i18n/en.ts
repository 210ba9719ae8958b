<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>English</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>Welcome to {name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>Staffed lane</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>No face check</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>Language</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>Larger</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>Lower</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>No motion</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>Lay card</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>Look</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>Go in</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>Lay your ID card</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>Lay it flat on the reader below.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>Who</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>{operator} runs this.</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>Why</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>To keep people safe. We check the card is yours. We look for its number in a police list.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>We use</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>Photo, number, birthday and end date in your card. Your face at the camera.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>We keep</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>Nothing. All is wiped when you leave.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>No face</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>You can visit without it. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>Children</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>Under 14? Take the staffed lane with a grown-up.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>Please look here</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>Leave your card where it is.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>Please look here</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>Leave your card where it is.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>Please face the camera</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>A little closer, please</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>A little back, please</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>One person at a time</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>Show your whole face</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>Please face the light</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>Please look straight</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>Please open your eyes</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>Good. Hold still</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>Turn your head left</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>Turn your head right</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>Please nod once</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>Please blink slowly</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>Sitting or standing is fine. Bring your face into the ring.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>One small step. Fill the ring with your face.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>One small step. Your whole face should fit the ring.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>Your friends can wait beside you.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>Your face should not be in shadow.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>Face the ring, chin level.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>Then look into the ring.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>A little is enough, then look back. Cannot? Take the staffed lane.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>A little is enough, then look back. Cannot? Take the staffed lane.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>Chin down and up again. Cannot? Take the staffed lane.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>Close your eyes, then open them. Cannot? Take the staffed lane.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>Nearly done. Leave your card where it is.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>Please lay your card down again</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>Lay it flat, and leave it there.
Take it when the screen says go in.</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>Please go in</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>Enjoy your visit!</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>Please see our staff</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>Tell our staff this code</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>Have a complaint? Call {phone}, or scan this.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>Our staff would like to look at this card.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>The camera could not be sure. Our staff will help you.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>One more step. Our staff will help you with it.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>You chose the staffed lane. Our staff are ready for you.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>Children go in with a grown-up. Our staff will help you both.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>Please take your card</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>Your card is still on the reader.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>Please see our staff</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
Our staff will help you.
This machine is not working now.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>There are five keys, from left to right: start, say again, our staff, language, more time.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>Leave your card where it is. Please look at the camera.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>Please lay your card down again. Lay it flat, and leave it there.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>Please go in. Take your card with you. Enjoy your visit.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>Please see our staff. Take your card with you.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>Please take your card. It is still on the reader.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>Please see our staff. They will help you. This machine is not working now.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>Do you need more time? Press the more time key. There is no hurry.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>A card was left on the reader. Please give it to our staff.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>Lay your card here</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>Leave your card here</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>Take your card</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>No card here now</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>More time</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>Touch here</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>Do you need more time?</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>Touch &quot;More time&quot;. There is no hurry.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>A card was left here</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>Please give it to our staff.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
