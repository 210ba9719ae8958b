<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_TW" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>繁體中文</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>歡迎來到{name}</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>人工通道</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>不必刷臉</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>語言</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>大字</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>放低</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>畫面不動</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>放證件</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>看鏡頭</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>請進</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>請放證件</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>平放在下面的讀卡區。</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>誰在管</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>{operator}</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>為什麼</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>為了大家的安全：看看證件是不是您本人的，再查一查號碼在不在公安機關的名單上。</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>用什麼</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>證件裡的照片、號碼、生日和使用期限，還有鏡頭前您的臉。</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>留什麼</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>什麼都不留。您一離開，照片和號碼就刪掉。</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>不刷臉</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>不刷臉也能參觀。{staffed_lane}。</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>帶孩子</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>未滿 14 歲，請和大人一起走人工通道。</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>請看這裡</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>證件先放著，不要拿走。</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>請看這裡</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>證件先放著，不要拿走。</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>請站到鏡頭前</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>請再靠近一點</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>請稍微退後一點</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>請一個人看鏡頭</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>請露出整張臉</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>請把臉轉向亮處</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>請正對鏡頭</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>請睜開眼睛</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>很好，請別動</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>請向左轉頭</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>請向右轉頭</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>請點一下頭</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>請閉一下眼睛</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>坐著、站著都可以，讓臉出現在圓圈裡。</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>往前一小步，讓臉把圓圈占滿。</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>往後一小步，讓整張臉在圓圈裡。</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>同行的朋友請在旁邊等一等。</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>請摘下口罩、圍巾或墨鏡。不方便，請走人工通道。</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>別讓臉背著光。</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>臉對著圓圈，下巴放平。</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>再看著圓圈。</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>轉一點就好，再轉回來。不方便，請走人工通道。</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>轉一點就好，再轉回來。不方便，請走人工通道。</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>下巴低一下再抬起來。不方便，請走人工通道。</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>再睜開就好。不方便，請走人工通道。</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>馬上就好，證件先不要拿走。</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>請再放一次證件</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>平放在讀卡區，等螢幕說「請進」再拿走。</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>請進</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>祝您參觀愉快。</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>請到人工通道</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}。</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>把這個號碼告訴工作人員</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>有意見請打電話：{phone}，或掃這個碼。</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>這張證件要請工作人員看一看。</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>機器沒能認清，請工作人員幫您看一看。</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>還差一步，請工作人員幫您辦好。</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>您選了人工通道，工作人員在等您。</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>小朋友要和大人一起進，工作人員會幫你們。</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>請拿走證件</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>您的證件還在讀卡區上。</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>請走人工通道</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}，工作人員會幫您。
這台機器現在不能用。</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>歡迎您。請把證件平放在讀卡區。要找工作人員，請按人工鍵。想多聽一些，請按開始鍵。</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>這台機器看看證件是不是您本人的，用到您的證件和鏡頭前您的臉，再查一查號碼在不在公安機關的名單上。您一離開，這些都刪掉。不用它也能參觀，請按人工鍵。</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>一共五個鍵，從左到右是：開始、再說一遍、找工作人員、換語言、多給時間。</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>證件先放著，不要拿走。請看鏡頭。</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>請再放一次證件。平放好，先不要拿走。</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>請進。請拿好您的證件，祝您參觀愉快。</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>請到人工通道。請拿好您的證件。</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>請拿走證件，您的證件還在讀卡區上。</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>請走人工通道，工作人員會幫您。這台機器現在不能用。</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>需要多一點時間嗎？請按多給時間的鍵，不用急。</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>有人把證件忘在讀卡區上了，請把它交給工作人員。</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>證件放這裡</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>證件先別拿</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>請拿走證件</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>暫時不用放證件</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>多給點時間</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>點這裡</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>需要多一點時間嗎？</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>請點「多給點時間」，不用急。</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>有人忘了證件</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>請把它交給工作人員。
{staffed_lane}。</translation>
    </message>
</context>
</TS>
