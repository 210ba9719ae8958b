<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>Français</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>Bienvenue : {name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>Passage avec notre équipe</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>Sans contrôle du visage</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>Langue</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>Plus grand</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>Plus bas</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>Image fixe</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>La carte</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>Regard</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>Entrée</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>Posez votre carte</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>Posez-la à plat sur le lecteur, en bas.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>Qui</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>Responsable : {operator}.</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>But</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>Pour la sécurité de tous. Nous regardons si la carte est à vous. Nous cherchons son numéro dans une liste de la police.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>Il faut</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>Photo, numéro, date de naissance et date de fin de la carte. Votre visage devant la caméra.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>Gardé</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>Rien. Tout est effacé quand vous partez.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>Sans visage</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>Vous pouvez entrer sans cela. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>Enfants</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>Moins de 14 ans ? Prenez le passage avec notre équipe, avec un adulte.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>Regardez ici</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>Laissez votre carte en place.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>Regardez ici</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>Laissez votre carte en place.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>Mettez-vous face à la caméra</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>Un peu plus près, merci</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>Un peu plus loin, merci</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>Une seule personne, merci</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>Montrez tout votre visage</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>Tournez-vous vers la lumière</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>Regardez bien en face</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>Ouvrez les yeux</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>Très bien. Ne bougez plus</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>Tournez la tête à gauche</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>Tournez la tête à droite</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>Baissez puis levez la tête</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>Fermez puis ouvrez les yeux</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>Assis ou debout, comme vous voulez. Placez votre visage dans le cercle.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>Un petit pas. Votre visage doit remplir le cercle.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>Un petit pas. Tout votre visage doit tenir dans le cercle.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>Vos amis peuvent attendre à côté de vous.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>Ôtez masque, écharpe ou lunettes noires. Impossible ? Prenez le passage avec notre équipe.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>Votre visage ne doit pas être dans l&apos;ombre.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>Face au cercle, le menton droit.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>Puis regardez le cercle.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Juste un peu, puis revenez. Impossible ? Prenez le passage avec notre équipe.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>Juste un peu, puis revenez. Impossible ? Prenez le passage avec notre équipe.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>Une seule fois suffit. Impossible ? Prenez le passage avec notre équipe.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>Lentement, une seule fois. Impossible ? Prenez le passage avec notre équipe.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>C&apos;est presque fini. Laissez votre carte en place.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>Posez encore votre carte</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>Posez-la à plat et laissez-la là.
Reprenez-la quand l&apos;écran dit « Vous pouvez entrer ».</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>Vous pouvez entrer</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>Bonne visite !</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>Allez voir notre équipe</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>Donnez ce code à notre équipe</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>Une plainte ? Appelez le {phone}, ou lisez ce code.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>Notre équipe voudrait regarder cette carte.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>La caméra n&apos;a pas pu voir assez bien. Notre équipe va vous aider.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>Encore une étape. Notre équipe va vous aider.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>Vous avez choisi le passage avec notre équipe. Elle vous attend.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>Les enfants entrent avec un adulte. Notre équipe va vous aider.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>Reprenez votre carte</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>Votre carte est encore sur le lecteur.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>Allez voir notre équipe</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
Notre équipe va vous aider.
Cette machine ne marche pas pour le moment.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>Bienvenue. Posez votre carte à plat sur le lecteur. Pour voir notre équipe, appuyez sur la touche équipe. Pour en savoir plus, appuyez sur la touche départ.</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>Cette machine regarde si la carte est à vous. Elle utilise votre carte et votre visage devant la caméra. Elle cherche le numéro de la carte dans une liste de la police. Tout est effacé quand vous partez. Vous pouvez entrer sans elle : appuyez sur la touche équipe.</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>Il y a cinq touches, de gauche à droite : départ, répéter, équipe, langue, plus de temps.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>Laissez votre carte en place. Regardez la caméra, merci.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>Posez encore votre carte. Posez-la à plat et laissez-la là.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>Vous pouvez entrer. Reprenez votre carte. Bonne visite.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>Allez voir notre équipe, merci. Reprenez votre carte.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>Reprenez votre carte. Elle est encore sur le lecteur.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>Allez voir notre équipe, elle va vous aider. Cette machine ne marche pas pour le moment.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>Voulez-vous plus de temps ? Appuyez sur la touche plus de temps. Rien ne presse.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>Une carte est restée sur le lecteur. Donnez-la à notre équipe, merci.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>Posez la carte ici</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>Laissez la carte ici</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>Reprenez la carte</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>Pas de carte ici</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>Plus de temps</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>Touchez ici</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>Voulez-vous plus de temps ?</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>Touchez « Plus de temps ». Rien ne presse.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>Une carte a été oubliée</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>Donnez-la à notre équipe, merci.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
