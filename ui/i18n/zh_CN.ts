<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>简体中文</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>欢迎来到{name}</translation>
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
        <translation>不用刷脸</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>语言</translation>
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
        <translation>画面不动</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>放证件</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>看镜头</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>请进</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>请放身份证</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>平放在下面的读卡区。</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>谁在管</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>{operator}</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>为什么</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>为了大家的安全：看看证件是不是您本人的，再查一查号码在不在公安机关的名单上。</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>用什么</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>证件里的照片、号码、生日和使用期限，还有镜头前您的脸。</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>留什么</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>什么都不留。您一走，照片和号码就删掉。</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>不刷脸</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>不刷脸也能参观。{staffed_lane}。</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>带孩子</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>不到 14 岁，请和大人一起走人工通道。</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>请看这里</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>证件先放着，不要拿走。</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>请看这里</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>证件先放着，不要拿走。</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>请站到镜头前</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>请再靠近一点</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>请稍微退后一点</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>请一个人看镜头</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>请露出整张脸</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>请把脸转向亮处</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>请正对镜头</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>请睁开眼睛</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>很好，请别动</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>请向左转头</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>请向右转头</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>请点一下头</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>请闭一下眼睛</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>坐着、站着都可以，让脸出现在圆圈里。</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>往前一小步，让脸把圆圈占满。</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>往后一小步，让整张脸在圆圈里。</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>同行的朋友请在旁边等一等。</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>请摘下口罩、围巾或墨镜。不方便，请走人工通道。</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>别让脸背着光。</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>脸对着圆圈，下巴放平。</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>再看着圆圈。</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>转一点就好，再转回来。不方便，请走人工通道。</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>转一点就好，再转回来。不方便，请走人工通道。</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>下巴低一下再抬起来。不方便，请走人工通道。</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>再睁开就好。不方便，请走人工通道。</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>马上就好，证件先不要拿走。</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>请再放一次证件</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>平放在读卡区，等屏幕说“请进”再拿走。</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>请进</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>祝您参观愉快。</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>请到人工通道</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}。</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>把这个号告诉工作人员</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>有意见请打电话：{phone}，或扫这个码。</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>这张证件要请工作人员看一看。</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>机器没能认清，请工作人员帮您看一看。</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>还差一步，请工作人员帮您办好。</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>您选了人工通道，工作人员在等您。</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>小朋友要和大人一起进，工作人员会帮你们。</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>请拿走证件</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>您的证件还在读卡区上。</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>请走人工通道</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}，工作人员会帮您。
这台机器现在不能用。</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>欢迎您。请把身份证平放在读卡区。要找工作人员，请按人工键。想多听一些，请按开始键。</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>这台机器看看证件是不是您本人的，用到您的证件和镜头前您的脸，再查一查号码在不在公安机关的名单上。您一走，这些都删掉。不用它也能参观，请按人工键。</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>一共五个键，从左到右是：开始、再说一遍、找工作人员、换语言、多给时间。</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>证件先放着，不要拿走。请看镜头。</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>请再放一次证件。平放好，先不要拿走。</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>请进。请拿好您的证件，祝您参观愉快。</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>请到人工通道。请拿好您的证件。</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>请拿走证件，您的证件还在读卡区上。</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>请走人工通道，工作人员会帮您。这台机器现在不能用。</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>需要多一点时间吗？请按多给时间的键，不用急。</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>有人把证件忘在读卡区上了，请把它交给工作人员。</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>证件放这里</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>证件先别拿</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>请拿走证件</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>暂时不用放证件</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>多给点时间</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>点这里</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>需要多一点时间吗？</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>请点“多给点时间”，不用急。</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>有人忘了证件</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>请把它交给工作人员。
{staffed_lane}。</translation>
    </message>
</context>
</TS>
