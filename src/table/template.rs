//! The register's own file templates as data: columns, both header halves, samples, drop-downs.

use super::choice::{self, Choice};
use std::str::FromStr;

/// What a file of the house's own form holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TemplateKind {
    Villages,
    Teams,
    Officials,
    Contacts,
    Inspectors,
    Recusals,
    Exclusions,
    Signals,
    Blackouts,
    Away,
    Positions,
    Distances,
    Attendance,
    Leave,
    Rota,
    Notes,
}

impl TemplateKind {
    pub const ALL: [TemplateKind; 16] = [
        TemplateKind::Villages,
        TemplateKind::Teams,
        TemplateKind::Officials,
        TemplateKind::Contacts,
        TemplateKind::Inspectors,
        TemplateKind::Recusals,
        TemplateKind::Exclusions,
        TemplateKind::Signals,
        TemplateKind::Blackouts,
        TemplateKind::Away,
        TemplateKind::Positions,
        TemplateKind::Distances,
        TemplateKind::Attendance,
        TemplateKind::Leave,
        TemplateKind::Rota,
        TemplateKind::Notes,
    ];

    pub fn code(self) -> &'static str {
        self.template().code
    }

    pub fn template(self) -> &'static Template {
        match self {
            TemplateKind::Villages => &VILLAGES,
            TemplateKind::Teams => &TEAMS,
            TemplateKind::Officials => &OFFICIALS,
            TemplateKind::Contacts => &CONTACTS,
            TemplateKind::Inspectors => &INSPECTORS,
            TemplateKind::Recusals => &RECUSALS,
            TemplateKind::Exclusions => &EXCLUSIONS,
            TemplateKind::Signals => &SIGNALS,
            TemplateKind::Blackouts => &BLACKOUTS,
            TemplateKind::Away => &AWAY,
            TemplateKind::Positions => &POSITIONS,
            TemplateKind::Distances => &DISTANCES,
            TemplateKind::Attendance => &ATTENDANCE,
            TemplateKind::Leave => &LEAVE,
            TemplateKind::Rota => &ROTA,
            TemplateKind::Notes => &NOTES,
        }
    }
}

impl FromStr for TemplateKind {
    type Err = ();
    fn from_str(text: &str) -> Result<TemplateKind, ()> {
        TemplateKind::ALL.into_iter().find(|kind| kind.code() == text).ok_or(())
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    pub code: &'static str,
    /// Title in Chinese, for a sheet's name.
    pub zh: &'static str,
    pub columns: &'static [Column],
}

#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Key and English half of the header.
    pub key: &'static str,
    /// Chinese half.
    pub zh: &'static str,
    /// Other headers that mean the same.
    pub also: &'static [&'static str],
    /// Whether a file without this column cannot be read.
    pub required: bool,
    /// Of the sample row, which is invented; a row equal to it is left out when a file is read.
    pub sample: &'static str,
    pub choices: Option<&'static [Choice]>,
}

impl Template {
    pub fn column(&self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.key == key)
    }
}

impl Column {
    /// `id / 编号`.
    pub fn header(&self) -> String {
        format!("{} / {}", self.key, self.zh)
    }
}

const fn column(key: &'static str, zh: &'static str, sample: &'static str) -> Column {
    Column { key, zh, also: &[], required: false, sample, choices: None }
}

impl Column {
    const fn required(self) -> Column {
        Column { required: true, ..self }
    }

    const fn of(self, choices: &'static [Choice]) -> Column {
        Column { choices: Some(choices), ..self }
    }

    const fn also(self, also: &'static [&'static str]) -> Column {
        Column { also, ..self }
    }
}

const ID: Column = column("id", "编号", "SAMPLE-1").required();
const NAME: Column = column("name", "名称", "").required().also(&["姓名", "姓名/名称"]);
const PERSON: Column = column("name", "姓名", "").required().also(&["名称", "姓名/名称"]);
const LATIN: Column = column("name_latin", "拼音", "").also(&["姓名拼音", "名称拼音", "latin", "pinyin"]);
const PHONE: Column =
    column("phone", "电话", "").also(&["联系电话", "手机", "手机号", "手机号码", "电话号码", "mobile"]);
const FROM: Column = column("from", "起", "2026-03-01").also(&["开始", "开始时间", "开始日期", "起始日期", "自"]);
const TO: Column = column("to", "止", "").also(&["结束", "结束时间", "结束日期", "截止日期", "至"]);
const SENDING_UNIT: Column = column("sending_unit", "派出单位", "县农业农村局").also(&["派驻单位", "选派单位"]);
const VILLAGE: Column = column("village", "村", "SAMPLE-1").required().also(&["村编号", "行政村", "village id"]);
const OFFICIAL: Column = column("official", "人员", "SAMPLE-1").required().also(&[
    "人员编号",
    "考勤号",
    "工号",
    "official id",
    "device_number",
]);
const FILED: Column = column("filed", "填报时间", "2026-03-02 09:10").also(&["申请时间", "发起时间", "提交时间"]);
const FILED_BY: Column = column("filed_by", "填报方式", "machine / 系统").of(choice::FILED_BY);
const REASON: Column = column("reason", "原因", "").also(&["事由", "理由", "备注"]);

const fn sampled(base: Column, sample: &'static str) -> Column {
    Column { sample, ..base }
}

static VILLAGES: Template = Template {
    code: "villages",
    zh: "村",
    columns: &[
        ID.also(&["村编号", "村代码", "code"]),
        sampled(NAME, "示例村"),
        sampled(LATIN, "Shili"),
        column("township_code", "乡镇代码", "999999101").required().also(&["乡镇编号"]),
        column("township", "乡镇", "示例镇").required().also(&["乡镇名称", "镇"]),
        column("township_latin", "乡镇拼音", "Shili"),
        FROM,
        TO,
    ],
};

static TEAMS: Template = Template {
    code: "teams",
    zh: "工作队",
    columns: &[
        ID.also(&["队编号", "工作队编号"]),
        VILLAGE,
        sampled(NAME, "示例村工作队"),
        sampled(LATIN, "Shili"),
        SENDING_UNIT,
        FROM,
        TO,
    ],
};

static OFFICIALS: Template = Template {
    code: "officials",
    zh: "队员",
    columns: &[
        ID.also(&["人员编号", "工号"]),
        column("team", "队", "SAMPLE-1").required().also(&["工作队", "队编号", "team id"]),
        sampled(PERSON, "示例甲"),
        sampled(LATIN, "Shi Lijia"),
        column("role", "职务", "lead / 队长").of(choice::OFFICIAL_ROLE).also(&["角色", "身份"]),
        sampled(PHONE, "138 0000 0000"),
        column("email", "邮箱", "sample@town.example").also(&["电子邮箱", "邮件", "e-mail", "mail"]),
        SENDING_UNIT,
        column("device_number", "考勤号", "1001").also(&["考勤号码", "考勤编号", "设备号"]),
        FROM,
        TO,
    ],
};

static CONTACTS: Template = Template {
    code: "contacts",
    zh: "联系人",
    columns: &[
        ID.also(&["联系人编号"]),
        VILLAGE,
        column("role", "职务", "cadre / 村干部").required().of(choice::CONTACT_ROLE).also(&["角色", "身份"]),
        sampled(PERSON, "示例乙"),
        sampled(LATIN, "Shi Liyi"),
        sampled(PHONE, "010-0000-0000"),
        column("do_not_call", "勿呼叫", "no / 否").of(choice::YES_NO).also(&["勿打扰", "不要致电"]),
        FROM,
        TO,
    ],
};

static INSPECTORS: Template = Template {
    code: "inspectors",
    zh: "检查员",
    columns: &[
        ID.also(&["检查员编号"]),
        column("office", "单位", "county").also(&["办公室", "机构"]),
        sampled(PERSON, "示例丙"),
        sampled(LATIN, "Shi Libing"),
        column("email", "邮箱", "sample@county.example").required().also(&["电子邮箱", "邮件", "e-mail", "mail"]),
        column("other_emails", "其他邮箱", "").also(&["备用邮箱"]),
        sampled(PHONE, "138 0000 0001"),
        column("language", "语言", "zh-Hans / 中文").of(choice::LANGUAGE),
        column("visits", "走访数", "2").also(&["走访", "走访容量"]),
        column("calls", "电话数", "10").also(&["通话数", "电话容量"]),
        column("home_county", "籍贯县", "999999").also(&["籍贯", "家乡县"]),
        FROM,
        TO,
    ],
};

static RECUSALS: Template = Template {
    code: "recusals",
    zh: "回避",
    columns: &[
        column("inspector", "检查员", "SAMPLE-1").required().also(&["检查员编号", "inspector id"]),
        column("scope", "范围", "village / 村").required().of(choice::SCOPE).also(&["回避范围"]),
        column("target", "对象", "SAMPLE-1").required().also(&["回避对象"]),
        sampled(REASON, "示例"),
        FROM,
        TO,
    ],
};

static EXCLUSIONS: Template = Template {
    code: "exclusions",
    zh: "暂停",
    columns: &[
        column("place", "地点", "SAMPLE-1").required().also(&["村", "队", "place id"]),
        sampled(REASON, "示例").required(),
        FROM,
        sampled(TO, "2026-03-31"),
    ],
};

static SIGNALS: Template = Template {
    code: "signals",
    zh: "风险",
    columns: &[
        column("place", "地点", "SAMPLE-1").required().also(&["村", "队", "place id"]),
        column("kind", "种类", "complaint / 投诉").required().of(choice::SIGNAL_KIND).also(&["类型", "类别"]),
        sampled(REASON, "示例").required(),
        FROM,
        sampled(TO, "2026-06-30"),
    ],
};

static BLACKOUTS: Template = Template {
    code: "blackouts",
    zh: "停访",
    columns: &[
        column("region", "地区代码", "SAMPLE1").required().also(&["地区", "乡镇代码", "区划代码", "township_code"]),
        sampled(REASON, "大雪封山").required(),
        sampled(FROM, "2026-12-01"),
        sampled(TO, "2026-12-03"),
    ],
};

static AWAY: Template = Template {
    code: "away",
    zh: "检查员请假",
    columns: &[
        column("inspector", "检查员", "SAMPLE-1").required().also(&["检查员编号", "inspector id"]),
        sampled(FROM, "2026-12-03").required(),
        sampled(TO, "2026-12-05"),
        column("half", "半天", "").of(choice::HALF).also(&["时段"]),
        sampled(REASON, "病假"),
    ],
};

static POSITIONS: Template = Template {
    code: "positions",
    zh: "位置",
    columns: &[
        column("place", "地点", "SAMPLE-1").required().also(&["村", "队", "单位", "place id"]),
        column("longitude", "经度", "106.630153").required().also(&["lng", "lon"]),
        column("latitude", "纬度", "26.647661").required().also(&["lat"]),
        column("datum", "坐标系", "wgs84 / GPS坐标").of(choice::DATUM).also(&["坐标"]),
    ],
};

static DISTANCES: Template = Template {
    code: "distances",
    zh: "路程",
    columns: &[
        column("from_place", "起点", "SAMPLE-1").required().also(&["出发地", "from place"]),
        column("to_place", "终点", "SAMPLE-2").required().also(&["目的地", "to place"]),
        column("minutes", "分钟", "35").required().also(&["时间", "用时"]),
        column("km", "公里", "18.5").also(&["千米", "里程"]),
    ],
};

static ATTENDANCE: Template = Template {
    code: "attendance",
    zh: "考勤",
    columns: &[
        OFFICIAL,
        column("time", "时间", "2026-03-02 08:31:05").required().also(&["打卡时间", "考勤时间", "日期时间"]),
        column("direction", "方向", "in / 上班").of(choice::DIRECTION),
        column("origin", "来源", "device / 考勤机").of(choice::ORIGIN),
        column("in_range", "在范围内", "yes / 是").of(choice::YES_NO),
        column("device", "设备", "A1").also(&["打卡设备", "设备号"]),
        FILED,
        FILED_BY,
    ],
};

static LEAVE: Template = Template {
    code: "leave",
    zh: "请假",
    columns: &[
        OFFICIAL,
        column("kind", "种类", "leave / 请假").of(choice::PAPER_KIND).also(&["类型", "类别"]),
        column("label", "名目", "年休假").also(&["请假类型", "假别", "事由"]),
        sampled(FROM, "2026-03-03").required(),
        sampled(TO, "2026-03-05").required(),
        column("status", "状态", "approved / 已批准").of(choice::STATUS).also(&["审批状态", "审批结果"]),
        FILED,
        FILED_BY,
        column("approved_at", "批准时间", "2026-03-02 10:00").also(&["审批时间"]),
        column("cancelled_at", "取消时间", "").also(&["撤销时间", "销假时间"]),
        column("sick", "病假", "no / 否").of(choice::YES_NO),
    ],
};

static ROTA: Template = Template {
    code: "rota",
    zh: "值班",
    columns: &[
        OFFICIAL,
        sampled(FROM, "2026-03-02 08:00").required(),
        sampled(TO, "2026-03-02 18:00").required(),
        FILED,
        FILED_BY,
    ],
};

static NOTES: Template = Template {
    code: "notes",
    zh: "台账",
    columns: &[
        OFFICIAL,
        column("kind", "种类", "work_log / 工作日志").required().of(choice::NOTE_KIND).also(&["类型", "类别"]),
        sampled(FROM, "2026-03-02").required().also(&["日期"]),
        TO,
        column("label", "内容", "走访脱贫户三户").also(&["工作内容", "名目", "备注"]),
        FILED,
        FILED_BY,
    ],
};
