<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>العربية</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>مرحبًا بكم في {name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>ممر مع موظف</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>دون فحص الوجه</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>اللغة</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>أكبر</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>أخفض</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>ثابت</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>ضع البطاقة</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>انظر</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>ادخل</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>ضع بطاقة الهوية من فضلك</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>ضعها مستوية على القارئ في الأسفل.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>من</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>يدير هذا الجهاز {operator}.</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>لماذا</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>من أجل سلامة الجميع. نرى هل البطاقة لك، ونبحث عن رقمها في قائمة الشرطة.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>نستخدم</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>الصورة والرقم وتاريخ الميلاد وتاريخ الانتهاء في بطاقتك، ووجهك أمام الكاميرا.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>نحفظ</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>لا شيء. نمسح كل شيء عندما تغادر.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>دون الوجه</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>يمكنك الزيارة دون ذلك. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>الأطفال</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>أقل من 14 سنة؟ تفضل مع شخص كبير إلى الممر مع موظف.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>انظر هنا من فضلك</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>اترك بطاقتك في مكانها.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>انظر هنا من فضلك</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>اترك بطاقتك في مكانها.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>قف أمام الكاميرا من فضلك</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>اقترب قليلًا من فضلك</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>ابتعد قليلًا من فضلك</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>شخص واحد فقط من فضلك</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>أظهر وجهك كله من فضلك</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>توجه إلى الضوء من فضلك</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>انظر إلى الأمام من فضلك</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>افتح عينيك من فضلك</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>جيد. لا تتحرك</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>أدر رأسك إلى اليسار</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>أدر رأسك إلى اليمين</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>حرك رأسك إلى الأسفل مرة</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>أغمض عينيك ببطء</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>جالسًا أو واقفًا، كما تحب. ضع وجهك في الدائرة.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>خطوة صغيرة. املأ الدائرة بوجهك.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>خطوة صغيرة. يجب أن يكون وجهك كله في الدائرة.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>يمكن لأصدقائك أن ينتظروا بجانبك.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>انزع الكمامة أو الوشاح أو النظارة السوداء. لا تستطيع؟ تفضل إلى الممر مع موظف.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>يجب ألا يكون وجهك في الظل.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>وجهك نحو الدائرة، وذقنك مستوٍ.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>ثم انظر إلى الدائرة.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>قليلًا فقط، ثم عد. لا تستطيع؟ تفضل إلى الممر مع موظف.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>قليلًا فقط، ثم عد. لا تستطيع؟ تفضل إلى الممر مع موظف.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>إلى الأسفل ثم إلى الأعلى. لا تستطيع؟ تفضل إلى الممر مع موظف.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>أغمضهما ثم افتحهما. لا تستطيع؟ تفضل إلى الممر مع موظف.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>انتهينا تقريبًا. اترك بطاقتك في مكانها.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>ضع بطاقتك مرة أخرى من فضلك</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>ضعها مستوية واتركها هناك.
خذها عندما تقول الشاشة «تفضل بالدخول».</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>تفضل بالدخول</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>زيارة سعيدة!</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>تفضل إلى موظفينا</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>أخبر الموظف بهذا الرمز</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>لديك شكوى؟ اتصل بالرقم {phone} أو امسح هذا الرمز.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>يود موظفنا أن يرى هذه البطاقة.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>لم تستطع الكاميرا أن تتأكد. سيساعدك موظفنا.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>بقيت خطوة واحدة. سيساعدك موظفنا.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>اخترت الممر مع موظف. موظفنا في انتظارك.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>يدخل الأطفال مع شخص كبير. سيساعدكما موظفنا.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>خذ بطاقتك من فضلك</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>ما زالت بطاقتك على القارئ.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>تفضل إلى موظفينا</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
سيساعدك موظفنا.
هذا الجهاز لا يعمل الآن.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>مرحبًا بك. ضع بطاقة الهوية مستوية على القارئ من فضلك. للذهاب إلى موظف، اضغط مفتاح الموظف. لمعرفة المزيد، اضغط مفتاح البدء.</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>يرى هذا الجهاز هل البطاقة لك. يستخدم بطاقتك ووجهك أمام الكاميرا. يبحث عن رقم البطاقة في قائمة الشرطة. نمسح كل شيء عندما تغادر. يمكنك الزيارة دونه: اضغط مفتاح الموظف.</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>توجد خمسة مفاتيح، من اليسار إلى اليمين: البدء، الإعادة، الموظف، اللغة، وقت أكثر.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>اترك بطاقتك في مكانها. انظر إلى الكاميرا من فضلك.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>ضع بطاقتك مرة أخرى من فضلك. ضعها مستوية واتركها هناك.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>تفضل بالدخول. خذ بطاقتك معك. زيارة سعيدة.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>تفضل إلى موظفينا. خذ بطاقتك معك.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>خذ بطاقتك من فضلك. ما زالت على القارئ.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>تفضل إلى موظفينا، سيساعدونك. هذا الجهاز لا يعمل الآن.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>هل تريد وقتًا أكثر؟ اضغط مفتاح وقت أكثر. لا داعي للعجلة.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>هناك بطاقة منسية على القارئ. أعطها لموظفنا من فضلك.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>ضع بطاقتك هنا</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>اترك بطاقتك هنا</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>خذ بطاقتك</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>لا بطاقة هنا الآن</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>وقت أكثر</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>المس هنا</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>هل تريد وقتًا أكثر؟</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>المس «وقت أكثر». لا داعي للعجلة.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>هناك بطاقة منسية</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>أعطها لموظفنا من فضلك.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
