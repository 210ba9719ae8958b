<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name>language</name>
    <message id="language.own_name">
        <source>English</source>
        <translation>한국어</translation>
    </message>
</context>
<context>
    <name>site</name>
    <message id="site.welcome">
        <source>Welcome to {name}</source>
        <translation>{name}에 오신 것을 환영합니다</translation>
    </message>
</context>
<context>
    <name>action</name>
    <message id="action.staffed_lane">
        <source>Staffed lane</source>
        <translation>직원 안내 통로</translation>
    </message>
    <message id="action.staffed_lane_note">
        <source>No face check</source>
        <translation>얼굴 확인 없음</translation>
    </message>
    <message id="action.language">
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message id="action.larger">
        <source>Larger</source>
        <translation>크게</translation>
    </message>
    <message id="action.lower">
        <source>Lower</source>
        <translation>낮게</translation>
    </message>
    <message id="action.still">
        <source>No motion</source>
        <translation>화면 멈춤</translation>
    </message>
</context>
<context>
    <name>step</name>
    <message id="step.one">
        <source>Lay card</source>
        <translation>카드 놓기</translation>
    </message>
    <message id="step.two">
        <source>Look</source>
        <translation>카메라 보기</translation>
    </message>
    <message id="step.three">
        <source>Go in</source>
        <translation>입장</translation>
    </message>
</context>
<context>
    <name>attract</name>
    <message id="attract.headline">
        <source>Lay your ID card</source>
        <translation>신분증을 놓아 주세요</translation>
    </message>
    <message id="attract.sentence">
        <source>Lay it flat on the reader below.</source>
        <translation>아래 판독기에 평평하게 놓아 주세요.</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message id="notice.who_label">
        <source>Who</source>
        <translation>운영</translation>
    </message>
    <message id="notice.who">
        <source>{operator} runs this.</source>
        <translation>{operator}</translation>
    </message>
    <message id="notice.why_label">
        <source>Why</source>
        <translation>이유</translation>
    </message>
    <message id="notice.why">
        <source>To keep people safe. We check the card is yours. We look for its number in a police list.</source>
        <translation>모두의 안전을 위해서입니다. 카드가 본인 것인지 봅니다. 번호가 경찰 명단에 있는지도 찾아봅니다.</translation>
    </message>
    <message id="notice.used_label">
        <source>We use</source>
        <translation>쓰는 것</translation>
    </message>
    <message id="notice.used">
        <source>Photo, number, birthday and end date in your card. Your face at the camera.</source>
        <translation>카드의 사진, 번호, 생일, 사용 기한과 카메라 앞의 얼굴.</translation>
    </message>
    <message id="notice.kept_label">
        <source>We keep</source>
        <translation>남기는 것</translation>
    </message>
    <message id="notice.kept">
        <source>Nothing. All is wiped when you leave.</source>
        <translation>없습니다. 가시면 모두 지웁니다.</translation>
    </message>
    <message id="notice.other_label">
        <source>No face</source>
        <translation>얼굴 없이</translation>
    </message>
    <message id="notice.other">
        <source>You can visit without it. {staffed_lane}.</source>
        <translation>얼굴 확인 없이도 볼 수 있습니다. {staffed_lane}.</translation>
    </message>
    <message id="notice.children_label">
        <source>Children</source>
        <translation>어린이</translation>
    </message>
    <message id="notice.children">
        <source>Under 14? Take the staffed lane with a grown-up.</source>
        <translation>14세 미만은 어른과 함께 직원 안내 통로로 와 주세요.</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message id="reading.headline">
        <source>Please look here</source>
        <translation>여기를 봐 주세요</translation>
    </message>
    <message id="reading.sentence">
        <source>Leave your card where it is.</source>
        <translation>카드는 그대로 두세요.</translation>
    </message>
</context>
<context>
    <name>look-here</name>
    <message id="look-here.headline">
        <source>Please look here</source>
        <translation>여기를 봐 주세요</translation>
    </message>
    <message id="look-here.sentence">
        <source>Leave your card where it is.</source>
        <translation>카드는 그대로 두세요.</translation>
    </message>
</context>
<context>
    <name>guidance</name>
    <message id="guidance.come-into-view">
        <source>Please face the camera</source>
        <translation>카메라 앞으로 와 주세요</translation>
    </message>
    <message id="guidance.come-closer">
        <source>A little closer, please</source>
        <translation>조금 더 가까이 와 주세요</translation>
    </message>
    <message id="guidance.step-back">
        <source>A little back, please</source>
        <translation>조금 뒤로 가 주세요</translation>
    </message>
    <message id="guidance.one-person-only">
        <source>One person at a time</source>
        <translation>한 분씩 봐 주세요</translation>
    </message>
    <message id="guidance.uncover-face">
        <source>Show your whole face</source>
        <translation>얼굴이 다 보이게 해 주세요</translation>
    </message>
    <message id="guidance.turn-to-light">
        <source>Please face the light</source>
        <translation>밝은 쪽을 봐 주세요</translation>
    </message>
    <message id="guidance.look-straight">
        <source>Please look straight</source>
        <translation>똑바로 봐 주세요</translation>
    </message>
    <message id="guidance.open-eyes">
        <source>Please open your eyes</source>
        <translation>눈을 떠 주세요</translation>
    </message>
    <message id="guidance.hold-still">
        <source>Good. Hold still</source>
        <translation>좋아요. 그대로 계세요</translation>
    </message>
    <message id="guidance.turn-left">
        <source>Turn your head left</source>
        <translation>왼쪽으로 고개를 돌려 주세요</translation>
    </message>
    <message id="guidance.turn-right">
        <source>Turn your head right</source>
        <translation>오른쪽으로 고개를 돌려 주세요</translation>
    </message>
    <message id="guidance.nod">
        <source>Please nod once</source>
        <translation>고개를 한 번 끄덕여 주세요</translation>
    </message>
    <message id="guidance.blink">
        <source>Please blink slowly</source>
        <translation>천천히 눈을 깜빡여 주세요</translation>
    </message>
</context>
<context>
    <name>guidance-note</name>
    <message id="guidance-note.come-into-view">
        <source>Sitting or standing is fine. Bring your face into the ring.</source>
        <translation>앉아도 서도 괜찮습니다. 얼굴을 동그라미 안에 맞춰 주세요.</translation>
    </message>
    <message id="guidance-note.come-closer">
        <source>One small step. Fill the ring with your face.</source>
        <translation>한 걸음 앞으로. 얼굴이 동그라미에 가득 차게 해 주세요.</translation>
    </message>
    <message id="guidance-note.step-back">
        <source>One small step. Your whole face should fit the ring.</source>
        <translation>한 걸음 뒤로. 얼굴 전체가 동그라미에 들어오게 해 주세요.</translation>
    </message>
    <message id="guidance-note.one-person-only">
        <source>Your friends can wait beside you.</source>
        <translation>함께 오신 분은 옆에서 기다려 주세요.</translation>
    </message>
    <message id="guidance-note.uncover-face">
        <source>Take off a mask, scarf or dark glasses. Not possible? Take the staffed lane.</source>
        <translation>마스크, 목도리, 선글라스를 벗어 주세요. 어려우시면 직원 안내 통로로 가 주세요.</translation>
    </message>
    <message id="guidance-note.turn-to-light">
        <source>Your face should not be in shadow.</source>
        <translation>얼굴에 그늘이 지지 않게 해 주세요.</translation>
    </message>
    <message id="guidance-note.look-straight">
        <source>Face the ring, chin level.</source>
        <translation>동그라미를 보고 턱을 바로 해 주세요.</translation>
    </message>
    <message id="guidance-note.open-eyes">
        <source>Then look into the ring.</source>
        <translation>그리고 동그라미를 봐 주세요.</translation>
    </message>
    <message id="guidance-note.turn-left">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>조금만 돌렸다가 다시 봐 주세요. 어려우시면 직원 안내 통로로 가 주세요.</translation>
    </message>
    <message id="guidance-note.turn-right">
        <source>A little is enough, then look back. Cannot? Take the staffed lane.</source>
        <translation>조금만 돌렸다가 다시 봐 주세요. 어려우시면 직원 안내 통로로 가 주세요.</translation>
    </message>
    <message id="guidance-note.nod">
        <source>Chin down and up again. Cannot? Take the staffed lane.</source>
        <translation>턱을 내렸다가 올려 주세요. 어려우시면 직원 안내 통로로 가 주세요.</translation>
    </message>
    <message id="guidance-note.blink">
        <source>Close your eyes, then open them. Cannot? Take the staffed lane.</source>
        <translation>눈을 감았다가 떠 주세요. 어려우시면 직원 안내 통로로 가 주세요.</translation>
    </message>
    <message id="guidance-note.hold-still">
        <source>Nearly done. Leave your card where it is.</source>
        <translation>거의 다 됐습니다. 카드는 그대로 두세요.</translation>
    </message>
</context>
<context>
    <name>lay-again</name>
    <message id="lay-again.headline">
        <source>Please lay your card down again</source>
        <translation>카드를 다시 놓아 주세요</translation>
    </message>
    <message id="lay-again.sentence">
        <source>Lay it flat, and leave it there.
Take it when the screen says go in.</source>
        <translation>평평하게 놓고 그대로 두세요.
들어가시라는 말이 나오면 가져가세요.</translation>
    </message>
</context>
<context>
    <name>go-in</name>
    <message id="go-in.headline">
        <source>Please go in</source>
        <translation>들어가세요</translation>
    </message>
    <message id="go-in.sentence">
        <source>Enjoy your visit!</source>
        <translation>즐거운 관람 되세요!</translation>
    </message>
</context>
<context>
    <name>see-staff</name>
    <message id="see-staff.headline">
        <source>Please see our staff</source>
        <translation>직원에게 오세요</translation>
    </message>
    <message id="see-staff.sentence">
        <source>{staffed_lane}.</source>
        <translation>{staffed_lane}.</translation>
    </message>
    <message id="see-staff.slip_label">
        <source>Tell our staff this code</source>
        <translation>직원에게 이 번호를 알려 주세요</translation>
    </message>
    <message id="see-staff.complaint">
        <source>Have a complaint? Call {phone}, or scan this.</source>
        <translation>의견은 전화 {phone} 또는 이 코드로 알려 주세요.</translation>
    </message>
</context>
<context>
    <name>reason</name>
    <message id="reason.document">
        <source>Our staff would like to look at this card.</source>
        <translation>직원이 이 카드를 살펴보겠습니다.</translation>
    </message>
    <message id="reason.face">
        <source>The camera could not be sure. Our staff will help you.</source>
        <translation>카메라로는 잘 알 수 없었습니다. 직원이 도와드립니다.</translation>
    </message>
    <message id="reason.check">
        <source>One more step. Our staff will help you with it.</source>
        <translation>한 단계가 남았습니다. 직원이 도와드립니다.</translation>
    </message>
    <message id="reason.choice">
        <source>You chose the staffed lane. Our staff are ready for you.</source>
        <translation>직원 안내 통로를 고르셨습니다. 직원이 기다리고 있습니다.</translation>
    </message>
    <message id="reason.child">
        <source>Children go in with a grown-up. Our staff will help you both.</source>
        <translation>어린이는 어른과 함께 들어갑니다. 직원이 도와드립니다.</translation>
    </message>
</context>
<context>
    <name>take-card</name>
    <message id="take-card.headline">
        <source>Please take your card</source>
        <translation>카드를 가져가세요</translation>
    </message>
    <message id="take-card.sentence">
        <source>Your card is still on the reader.</source>
        <translation>카드가 아직 판독기 위에 있습니다.</translation>
    </message>
</context>
<context>
    <name>out-of-service</name>
    <message id="out-of-service.headline">
        <source>Please see our staff</source>
        <translation>직원에게 오세요</translation>
    </message>
    <message id="out-of-service.sentence">
        <source>{staffed_lane}.
Our staff will help you.
This machine is not working now.</source>
        <translation>{staffed_lane}.
직원이 도와드립니다.
이 기계는 지금 쓸 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>spoken</name>
    <message id="spoken.attract">
        <source>Welcome. Please lay your ID card flat on the reader. To go to our staff, press the staff key. To hear more, press start.</source>
        <translation>환영합니다. 신분증을 판독기에 평평하게 놓아 주세요. 직원에게 가시려면 직원 키를 누르세요. 더 들으시려면 시작 키를 누르세요.</translation>
    </message>
    <message id="spoken.notice">
        <source>This machine checks that the card is yours. It uses your card and your face at the camera. It looks for the card&apos;s number in a police list. All is wiped when you leave. You can visit without it: press the staff key.</source>
        <translation>이 기계는 카드가 본인 것인지 봅니다. 카드와 카메라 앞의 얼굴을 씁니다. 번호가 경찰 명단에 있는지도 찾아봅니다. 가시면 모두 지웁니다. 이 기계 없이도 볼 수 있습니다. 직원 키를 누르세요.</translation>
    </message>
    <message id="spoken.keys">
        <source>There are five keys, from left to right: start, say again, our staff, language, more time.</source>
        <translation>키는 다섯 개입니다. 왼쪽부터 시작, 다시 듣기, 직원, 언어, 시간 더하기입니다.</translation>
    </message>
    <message id="spoken.look">
        <source>Leave your card where it is. Please look at the camera.</source>
        <translation>카드는 그대로 두세요. 카메라를 봐 주세요.</translation>
    </message>
    <message id="spoken.lay-again">
        <source>Please lay your card down again. Lay it flat, and leave it there.</source>
        <translation>카드를 다시 놓아 주세요. 평평하게 놓고 그대로 두세요.</translation>
    </message>
    <message id="spoken.go-in">
        <source>Please go in. Take your card with you. Enjoy your visit.</source>
        <translation>들어가세요. 카드를 꼭 챙기세요. 즐거운 관람 되세요.</translation>
    </message>
    <message id="spoken.see-staff">
        <source>Please see our staff. Take your card with you.</source>
        <translation>직원에게 오세요. 카드를 꼭 챙기세요.</translation>
    </message>
    <message id="spoken.take-card">
        <source>Please take your card. It is still on the reader.</source>
        <translation>카드를 가져가세요. 카드가 아직 판독기 위에 있습니다.</translation>
    </message>
    <message id="spoken.out-of-service">
        <source>Please see our staff. They will help you. This machine is not working now.</source>
        <translation>직원에게 오세요. 직원이 도와드립니다. 이 기계는 지금 쓸 수 없습니다.</translation>
    </message>
    <message id="spoken.more-time">
        <source>Do you need more time? Press the more time key. There is no hurry.</source>
        <translation>시간이 더 필요하세요? 시간 더하기 키를 누르세요. 천천히 하셔도 됩니다.</translation>
    </message>
    <message id="spoken.card-forgotten">
        <source>A card was left on the reader. Please give it to our staff.</source>
        <translation>판독기에 두고 간 카드가 있습니다. 직원에게 건네주세요.</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message id="card.lay">
        <source>Lay your card here</source>
        <translation>카드를 여기에</translation>
    </message>
    <message id="card.leave">
        <source>Leave your card here</source>
        <translation>카드는 그대로</translation>
    </message>
    <message id="card.take">
        <source>Take your card</source>
        <translation>카드를 가져가세요</translation>
    </message>
    <message id="card.off">
        <source>No card here now</source>
        <translation>지금은 카드 없이</translation>
    </message>
</context>
<context>
    <name>more-time</name>
    <message id="more-time.button">
        <source>More time</source>
        <translation>시간 더 받기</translation>
    </message>
    <message id="more-time.note">
        <source>Touch here</source>
        <translation>여기를 누르세요</translation>
    </message>
    <message id="more-time.headline">
        <source>Do you need more time?</source>
        <translation>시간이 더 필요하세요?</translation>
    </message>
    <message id="more-time.sentence">
        <source>Touch &quot;More time&quot;. There is no hurry.</source>
        <translation>‘시간 더 받기’를 누르세요. 천천히 하셔도 됩니다.</translation>
    </message>
</context>
<context>
    <name>card-forgotten</name>
    <message id="card-forgotten.headline">
        <source>A card was left here</source>
        <translation>두고 간 카드가 있습니다</translation>
    </message>
    <message id="card-forgotten.sentence">
        <source>Please give it to our staff.
{staffed_lane}.</source>
        <translation>직원에게 건네주세요.
{staffed_lane}.</translation>
    </message>
</context>
</TS>
