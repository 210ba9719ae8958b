<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>Русский</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>Добро пожаловать! {name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>Проход с сотрудником</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>Без проверки лица</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>Язык</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>Крупнее</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>Ниже</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>Неподвижно</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>Карта</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>Взгляд</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>Вход</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>Положите карту</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>Положите документ ровно на считыватель внизу.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>Кто</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>Здесь отвечает {operator}.</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>Зачем</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>Для общей безопасности. Мы смотрим, ваша ли это карта, и ищем её номер в списке полиции.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>Нужно</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>Фото, номер, день рождения и срок карты. Ваше лицо перед камерой.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>Храним</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>Ничего. Когда вы уйдёте, всё сотрётся.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>Без лица</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>Можно войти и без этого. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>Дети</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>Нет 14 лет? Идите со взрослым через проход с сотрудником.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>Смотрите сюда</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>Не убирайте карту.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>Смотрите сюда</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>Не убирайте карту.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>Подойдите к камере</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>Чуть ближе, пожалуйста</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>Чуть дальше, пожалуйста</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>По одному, пожалуйста</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>Откройте всё лицо</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>Повернитесь к свету</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>Смотрите прямо</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>Откройте глаза</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>Хорошо. Не двигайтесь</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>Поверните голову влево</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>Поверните голову вправо</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>Кивните один раз</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>Медленно моргните</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>Можно сидя или стоя. Лицо должно быть в круге.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>Один маленький шаг. Лицо должно заполнить круг.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>Один маленький шаг. Всё лицо должно быть в круге.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>Ваши друзья могут подождать рядом.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>Снимите маску, шарф или тёмные очки. Не можете? Идите через проход с сотрудником.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>На лице не должно быть тени.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>Лицом к кругу, подбородок ровно.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>Потом смотрите в круг.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Совсем немного, потом обратно. Не можете? Идите через проход с сотрудником.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Совсем немного, потом обратно. Не можете? Идите через проход с сотрудником.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>Подбородок вниз и вверх. Не можете? Идите через проход с сотрудником.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>Закройте глаза и откройте. Не можете? Идите через проход с сотрудником.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>Почти готово. Не убирайте карту.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>Положите карту ещё раз</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>Положите ровно и не убирайте.
Возьмите, когда экран скажет «Проходите».</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>Проходите</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>Приятного посещения!</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>Пройдите к сотруднику</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>Назовите сотруднику этот код</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>Есть жалоба? Звоните {phone} или снимите этот код.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>Наш сотрудник хочет посмотреть эту карту.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>Камера не смогла разобрать. Наш сотрудник вам поможет.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>Остался один шаг. Наш сотрудник вам поможет.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>Вы выбрали проход с сотрудником. Вас там ждут.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>Дети проходят со взрослым. Наш сотрудник вам поможет.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>Возьмите карту</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>Ваша карта ещё лежит на считывателе.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>Пройдите к сотруднику</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
Наш сотрудник вам поможет.
Эта машина сейчас не работает.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>Добро пожаловать. Положите документ ровно на считыватель. Чтобы пройти к сотруднику, нажмите клавишу «сотрудник». Чтобы узнать больше, нажмите «начать».</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>Эта машина смотрит, ваша ли это карта. Ей нужны карта и ваше лицо перед камерой. Она ищет номер карты в списке полиции. Когда вы уйдёте, всё сотрётся. Можно войти и без неё: нажмите клавишу «сотрудник».</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>Здесь пять клавиш, слева направо: начать, повторить, сотрудник, язык, больше времени.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>Не убирайте карту. Посмотрите в камеру.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>Положите карту ещё раз. Положите ровно и не убирайте.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>Проходите, пожалуйста. Возьмите карту с собой. Приятного посещения.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>Пройдите, пожалуйста, к сотруднику. Возьмите карту с собой.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>Возьмите карту. Она ещё лежит на считывателе.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>Пройдите к сотруднику, он вам поможет. Эта машина сейчас не работает.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>Нужно больше времени? Нажмите клавишу «больше времени». Не спешите.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>На считывателе забыли карту. Отдайте её сотруднику.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>Положите карту сюда</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>Не убирайте карту</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>Возьмите карту</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>Карта сейчас не нужна</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>Больше времени</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>Нажмите здесь</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>Нужно больше времени?</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>Нажмите «Больше времени». Не спешите.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>Здесь забыли карту</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>Отдайте её сотруднику.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
