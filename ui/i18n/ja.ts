<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>日本語</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>{name}へようこそ</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>係員のいる入口</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>顔の確認なし</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>大きく</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>低く</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>動かさない</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>カード</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>カメラ</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>中へ</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>カードを置いてください</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>下の読み取り台に、平らに置いてください。</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>運営</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>{operator}</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>目的</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>みなさまの安全のためです。カードがご本人のものかを見ます。番号が警察の名簿にないかも調べます。</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>使うもの</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>カードの写真、番号、誕生日、期限。カメラに映るお顔。</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>残すもの</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>何も残しません。お帰りになると、すべて消します。</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>顔なし</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>顔を見せずに入ることもできます。{staffed_lane}。</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>お子さま</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>14歳になる前の方は、大人の方といっしょに係員のいる入口へどうぞ。</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>ここを見てください</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>カードはそのまま置いておいてください。</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>ここを見てください</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>カードはそのまま置いておいてください。</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>カメラの前へどうぞ</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>もう少し近くへどうぞ</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>少し下がってください</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>お一人ずつお願いします</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>お顔を全部見せてください</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>明るい方を向いてください</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>まっすぐ見てください</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>目を開けてください</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>そのまま動かないでください</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>左を向いてください</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>右を向いてください</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>一度うなずいてください</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>ゆっくりまばたきしてください</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>座ったままでも、立ったままでも大丈夫です。お顔を丸の中に入れてください。</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>一歩前へ。お顔が丸いっぱいになるまで。</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>一歩うしろへ。お顔が全部、丸に入るまで。</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>お連れの方は、となりでお待ちください。</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>マスク、マフラー、サングラスを外してください。むずかしい方は、係員のいる入口へどうぞ。</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>お顔が影にならないようにしてください。</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>丸を見て、あごを引いてください。</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>それから丸を見てください。</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>少しだけで大丈夫です。それから正面へ。むずかしい方は、係員のいる入口へどうぞ。</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>少しだけで大丈夫です。それから正面へ。むずかしい方は、係員のいる入口へどうぞ。</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>あごを下げて、上げます。むずかしい方は、係員のいる入口へどうぞ。</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>目を閉じて、開けます。むずかしい方は、係員のいる入口へどうぞ。</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>もうすぐ終わります。カードはそのままで。</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>もう一度カードを置いてください</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>平らに置いて、そのままお待ちください。
「お入りください」と出たら取ってください。</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>お入りください</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>どうぞごゆっくり。</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>係員へどうぞ</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}。</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>この番号を係員に見せてください</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>ご意見はお電話 {phone} か、このコードから。</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>係員がこのカードを見せていただきます。</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>カメラではよく分かりませんでした。係員がお手伝いします。</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>あと一つ手続きがあります。係員がお手伝いします。</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>係員のいる入口を選ばれました。係員がお待ちしています。</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>お子さまは大人の方といっしょにどうぞ。係員がお手伝いします。</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>カードをお取りください</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>カードがまだ読み取り台にあります。</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>係員へどうぞ</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}。
係員がお手伝いします。
この機械は今、使えません。</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>ようこそ。身分証カードを、読み取り台に平らに置いてください。係員のところへ行くには、係員のキーを押してください。くわしく聞くには、スタートのキーを押してください。</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>この機械は、カードがご本人のものかを見ます。カードと、カメラに映るお顔を使います。番号が警察の名簿にないかも調べます。お帰りになると、すべて消します。使わずに入ることもできます。係員のキーを押してください。</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>キーは五つあります。左から、スタート、もう一度聞く、係員、言語、時間をのばす、です。</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>カードはそのまま置いておいてください。カメラを見てください。</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>もう一度カードを置いてください。平らに置いて、そのままお待ちください。</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>お入りください。カードをお忘れなく。どうぞごゆっくり。</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>係員のところへどうぞ。カードをお忘れなく。</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>カードをお取りください。まだ読み取り台にあります。</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>係員のところへどうぞ。係員がお手伝いします。この機械は今、使えません。</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>もう少し時間がいりますか。時間をのばすキーを押してください。お急ぎにならなくて大丈夫です。</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>読み取り台にカードの忘れものがあります。係員にお渡しください。</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>ここに置く</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>そのままで</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>カードをお取りください</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>今はカード不要です</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>時間をのばす</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>ここを押す</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>もう少し時間がいりますか？</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>「時間をのばす」を押してください。お急ぎにならなくて大丈夫です。</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>カードの忘れものです</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>係員にお渡しください。
{staffed_lane}。</translation>
    </message>
</context>
</TS>
