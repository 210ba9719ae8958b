<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>Español</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>Le damos la bienvenida: {name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>Paso con personal</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>Sin control facial</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>Más grande</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>Más abajo</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>Quieto</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>Tarjeta</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>Mirada</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>Entrada</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>Ponga su tarjeta</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>Póngala plana en el lector de abajo.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>Quién</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>Responsable: {operator}.</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>Para qué</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>Por la seguridad de todos. Vemos si la tarjeta es suya. Buscamos su número en una lista de la policía.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>Usamos</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>Foto, número, cumpleaños y fecha final de la tarjeta. Su cara ante la cámara.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>Queda</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>Nada. Todo se borra cuando usted se va.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>Sin cara</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>Puede entrar sin esto. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>Niños</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>¿Menos de 14 años? Use el paso con personal, junto a un adulto.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>Mire aquí, por favor</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>Deje la tarjeta donde está.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>Mire aquí, por favor</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>Deje la tarjeta donde está.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>Póngase ante la cámara</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>Un poco más cerca</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>Un poco más atrás</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>De uno en uno, por favor</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>Muestre toda la cara</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>Mire hacia la luz</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>Mire de frente</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>Abra los ojos</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>Muy bien. No se mueva</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>Gire la cabeza a la izquierda</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>Gire la cabeza a la derecha</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>Baje y suba la cabeza</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>Cierre y abra los ojos</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>Puede estar de pie o sentado. Ponga la cara en el círculo.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>Un paso corto. La cara debe llenar el círculo.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>Un paso corto. Toda la cara debe caber en el círculo.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>Sus amigos pueden esperar a su lado.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>Quítese la mascarilla, la bufanda o las gafas de sol. ¿No puede? Use el paso con personal.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>La cara no debe estar en sombra.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>De cara al círculo, con la barbilla recta.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>Después mire el círculo.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Basta un poco; luego vuelva. ¿No puede? Use el paso con personal.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Basta un poco; luego vuelva. ¿No puede? Use el paso con personal.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>Basta una vez. ¿No puede? Use el paso con personal.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>Despacio, una vez. ¿No puede? Use el paso con personal.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>Ya casi está. Deje la tarjeta donde está.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>Ponga otra vez la tarjeta</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>Póngala plana y déjela ahí.
Tómela cuando la pantalla diga «Pase».</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>Pase, por favor</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>¡Disfrute la visita!</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>Vaya con el personal</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>Diga este código al personal</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>¿Una queja? Llame al {phone} o lea este código.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>Nuestro personal quiere mirar esta tarjeta.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>La cámara no pudo ver bien. Nuestro personal le ayudará.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>Falta un paso. Nuestro personal le ayudará.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>Usted eligió el paso con personal. Le están esperando.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>Los niños entran con un adulto. Nuestro personal les ayudará.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>Tome su tarjeta</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>Su tarjeta sigue en el lector.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>Vaya con el personal</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
Nuestro personal le ayudará.
Esta máquina no funciona ahora.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>Le damos la bienvenida. Ponga su tarjeta plana en el lector. Para ir con el personal, pulse la tecla de personal. Para saber más, pulse la tecla de inicio.</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>Esta máquina mira si la tarjeta es suya. Usa su tarjeta y su cara ante la cámara. Busca el número de la tarjeta en una lista de la policía. Todo se borra cuando usted se va. Puede entrar sin ella: pulse la tecla de personal.</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>Hay cinco teclas, de izquierda a derecha: inicio, repetir, personal, idioma, más tiempo.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>Deje la tarjeta donde está. Mire a la cámara, por favor.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>Ponga otra vez la tarjeta. Póngala plana y déjela ahí.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>Pase, por favor. Llévese su tarjeta. Disfrute la visita.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>Vaya con el personal, por favor. Llévese su tarjeta.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>Tome su tarjeta. Sigue en el lector.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>Vaya con el personal, le ayudará. Esta máquina no funciona ahora.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>¿Quiere más tiempo? Pulse la tecla de más tiempo. No hay prisa.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>Alguien olvidó su tarjeta en el lector. Désela al personal, por favor.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>Ponga aquí la tarjeta</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>Deje aquí la tarjeta</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>Tome la tarjeta</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>Ahora sin tarjeta</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>Más tiempo</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>Toque aquí</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>¿Quiere más tiempo?</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>Toque «Más tiempo». No hay prisa.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>Alguien olvidó su tarjeta</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>Désela al personal, por favor.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
