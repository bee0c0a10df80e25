//! What `--help` says, in the person's language. English stands beside the commands themselves.

use super::Cli;
use crate::model::Language;
use clap::{Arg, ArgAction, CommandFactory};

/// Every command, by its path, in Chinese.
const CHINESE: &[(&str, &str)] = &[
    ("demo", "演示：虚构的县在模拟时间里运行若干天"),
    ("init", "新建单位：回答几个问题，生成配置、数据库和密钥"),
    ("check", "检查配置和名册中的问题，并列出接下来的时段"),
    ("plan", "说明各项设置意味着什么；或由权重文件试算"),
    ("preview", "明天的信件会有多少（只有数量，不含任何对象），以及今晚还能处理的问题"),
    ("serve", "持续运行，直到停止"),
    ("tick", "把到期的事办完一次（用cron定时运行时用）"),
    ("import", "导入名册、考勤、请假，或全国村名录"),
    ("batches", "考勤、请假的导入批次：列表、确认完整"),
    ("batches list", "各批次涵盖的日期及有关说明，新的在前"),
    ("batches complete", "行数偏少的文件确已完整：其中缺少的记录作数；记入日志"),
    ("mappings", "考勤、请假文件的格式：列表、试读"),
    ("mappings list", "各种格式的名称：内置的，以及配置所指文件夹中的"),
    ("mappings test", "试读一个文件：各格式得分、表头所在行、前几行读成什么；不读写数据库"),
    ("account", "网页账户：新建、列表、停用、重置；审计日志"),
    ("account add", "新建账户，并给出设定口令的一次性地址"),
    ("account list", "各账户及其角色、单位"),
    ("account disable", "停用账户：不能再登录，仍留在审计日志中"),
    ("account reset", "重新给出一次性地址：原口令和动态码作废；停用的账户随之恢复"),
    ("account audit", "审计日志，并核验逐行是否衔接"),
    ("export", "生成空白模板，导出任务、证据包、公开日志"),
    ("export template", "生成一种空白模板：表头为中英文，附示例行"),
    ("export assignment", "把任务导出为JSON，供“spotcheck reply --assignment”使用；内含凭证，请妥善保管"),
    ("export bundles", "导出密钥已公开时段的证据包，供“spotcheck verify”核验"),
    ("export record", "导出个人或工作队某一时期的记录：检查、整改、好做法；可交本人，不含村民信息"),
    ("export sheet", "导出一份任务的答复表（xlsx）：可打印，或填好后随回复寄回"),
    ("export log", "导出单位的公开日志，含每一条的日志头"),
    ("export proof", "证明某地点在某时段封存的抽样框中及其概率；不涉及抽取结果"),
    ("record", "代检查员登记结果（来自电话、纸面等）"),
    ("explain", "说明某地点的概率因何如此，以及它在某时段的经过"),
    ("draw", "查看某时段的抽取结果及依据；或由文件试算"),
    ("village", "村的合并"),
    ("village merge", "几个村合并为一个：工作队、队员、联系人编号不变，历史保留；先显示将做什么，加--yes才执行"),
    ("beacon", "抽取所用的信标：查看、录入；第二单位的密钥链：新建、提供链环"),
    ("beacon show", "某时段在等待什么信标，是否已到"),
    ("beacon enter", "录入开奖结果或第二单位的链环；只能录一次，不能更改"),
    ("beacon create", "第二单位新建密钥链，每个项目一条"),
    ("beacon release", "第二单位按日报邮件提供相应链环"),
    ("receive", "收取邮件（由邮件程序或文件交入）"),
    ("reply", "试读：一封回复会被怎样理解"),
    ("inbox", "收到的邮件：列表、查看、接受、丢弃"),
    ("inbox list", "邮件列表，新的在前；默认只列待人工处理的"),
    ("inbox quarantine", "待人工处理的邮件，新的在前"),
    ("inbox show", "查看邮件：发件人、解码后的正文、附件"),
    ("inbox trust", "发件邮箱的服务商不签名时，由负责人指定其转发主机，信任90天"),
    ("inbox untrust", "提前取消此种信任"),
    ("inbox trusted", "经指定主机受信任（或曾受信任）的邮箱"),
    ("inbox accept", "确认发件人无误，按正常回复读取"),
    ("inbox discard", "丢弃，不再处理"),
    ("calls", "待再次拨打的电话：已拨情况、下次时间、需办公室处理的"),
    ("away", "检查员不能到岗：不再派任务，手上的任务改派他人"),
    ("outbox", "发出的信：列表、重发、暂缓、打印"),
    ("outbox list", "信件列表，新的在前：状态、次数、下次发送时间、原因"),
    ("outbox retry", "立即原样发送：用于等待中、被拒收、暂缓、不明或过期的信"),
    ("outbox hold", "暂缓发送，待人工处理"),
    ("outbox print", "输出整封信；内含凭证和电话号码，请妥善保管"),
    ("flags", "疑点：列表、查看、办理；打印通知；登记书面说明和申诉"),
    ("flags list", "证据仍然成立的疑点，早的在前"),
    ("flags show", "查看一个疑点：检查所见、记录情况、办理过程"),
    ("flags decide", "办理。检查人不作认定；作出认定的人不复核申诉"),
    ("flags print", "把最近一份通知输出为可打印的页面，用于没有邮箱的人"),
    ("flags handed", "登记通知已送达：期限自该日起算"),
    ("flags answer", "登记书面提交的说明"),
    ("flags appeal", "登记书面提交的申诉"),
    ("flags save", "导出收到的全部材料：文字、邮件、附件"),
    ("backchecks", "复查：抽取已完成的走访由他人再查，列表、查看、办理"),
    ("backchecks list", "被抽中复查的走访，早的在前"),
    ("backchecks show", "查看一件不一致：复查情况、办理过程、收到的说明"),
    ("backchecks decide", "办理。复查人不作认定；作出认定的人不复核申诉"),
    ("backchecks print", "把最近一份通知输出为可打印的页面，用于没有邮箱的人"),
    ("backchecks handed", "登记通知已送达：期限自该日起算"),
    ("backchecks answer", "登记书面提交的说明"),
    ("backchecks appeal", "登记书面提交的申诉"),
    ("backchecks save", "导出收到的全部材料：文字、邮件、附件"),
    ("complaints", "对检查员的投诉：登记、列表、查看、办理"),
    ("complaints open", "登记投诉；投诉内容和投诉人仅限本单位知悉"),
    ("complaints list", "投诉列表，早的在前"),
    ("complaints show", "查看一件投诉：内容、办理过程、收到的说明"),
    ("complaints decide", "办理。检查人不作认定；作出认定的人不复核申诉"),
    ("complaints print", "把最近一份通知输出为可打印的页面，用于没有邮箱的人"),
    ("complaints handed", "登记通知已送达：期限自该日起算"),
    ("complaints answer", "登记书面提交的说明"),
    ("complaints appeal", "登记书面提交的申诉"),
    ("complaints save", "导出收到的全部材料：文字、邮件、附件"),
    ("findings", "整改台账：列表、查看、登记、办理、导出"),
    ("findings list", "应整改的问题，早的在前；可按状态、队、逾期筛选"),
    ("findings show", "查看一个问题及其办理过程"),
    ("findings open", "登记一个问题；或以--kind good_practice记录好做法"),
    ("findings step", "办理：整改、核实、重新整改、销号、撤销。整改人不得核实"),
    ("findings file", "取出某一步所附的文件"),
    ("findings gaps", "试查：已导入的资料缺什么，会登记哪些、哪些已补齐；不写入"),
    ("findings export", "导出整改台账（xlsx，表头中英文，A4横向，不含电话号码）"),
    ("verify", "离线核验：据证据包重算抽取，说明是否相符以及哪些无法排除"),
    ("verdict", "试算：对一次检查的判定"),
    ("report", "抽取是否公平；各单位的月、季、年报告；试算：估计值和应答率"),
    ("report period", "单位的月、季、年报告：抽取与完成、覆盖、不在岗、电话、公平性、疑点"),
    ("report close", "报告关账：此后新到的情况不再改动它；更正须另出一份"),
    ("report fairness", "核查各次抽取是否符合公布的概率，旁人能否预料"),
    ("report absence", "一段时间内的不在岗比例及其区间，电话的接通率和应答率"),
    ("report questions", "检查清单和问卷各题的结果及区间；走访与电话分列"),
    ("report patterns", "考勤记录中的突出情况；不指控任何人"),
    ("report estimate", "由已知概率的样本估计不在岗的总数和比例"),
    ("report aapor", "由各类通话数计算应答率"),
    ("keys", "抽签密钥链：列表、登记泄露"),
    ("keys list", "各密钥链：由谁保管、锚值、有效期、文件是否完好"),
    ("keys renew", "不因泄露而更换密钥链，如更换保管人；不标记任何时段"),
    ("keys expose", "密钥可能已被他人读取：公开标记，并改用新密钥链"),
    ("retention", "到期删除：查看哪些到期、哪些未到期及原因"),
    ("retention apply", "删除到期的内容，不可恢复；日志记下何人、何类、多少、截至何日"),
    ("retention journal", "历次删除的记录"),
    ("backup", "备份：把整个数据库加密写入一个文件"),
    ("restore", "在没有数据库之处恢复备份，或试恢复以核验备份"),
    ("handover", "工作交接书：文本和可打印签字的页面，校验码记入公开日志"),
    ("status", "运行概况"),
    ("completions", "生成命令行自动补全"),
    ("man", "生成手册页"),
];

/// The whole command line, its help in this language.
pub fn command(language: Language) -> clap::Command {
    match language {
        Language::En => Cli::command(),
        Language::ZhHans => chinese(Cli::command().about("不打招呼、事后可查的督查抽检"), ""),
    }
}

fn chinese(mut command: clap::Command, path: &str) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{path} {name}").trim().to_owned();
        command = command.mut_subcommand(name, |sub| {
            let sub = match CHINESE.iter().find(|(known, _)| *known == path) {
                Some((_, about)) => sub.about(*about),
                None => sub,
            };
            chinese(sub, &path)
        });
    }
    if path.is_empty() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
        command = command.disable_version_flag(true).arg(version);
        command = command.mut_arg("lang", |arg| arg.help("输出语言：en或zh"));
        command = command.mut_arg("config", |arg| arg.help("本单位的配置文件"));
    }
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示帮助");
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .help_template("{about}\n\n用法：{usage}\n\n{all-args}")
        .subcommand_help_heading("命令")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(heading)
        })
}

/// The language that the arguments or the environment name.
pub fn language_asked(arguments: &[String]) -> Option<Language> {
    let named =
        arguments.iter().zip(arguments.iter().skip(1).map(Some).chain([None])).find_map(|(arg, next)| {
            match arg.as_str() {
                "--lang" => next.cloned(),
                _ => arg.strip_prefix("--lang=").map(str::to_owned),
            }
        });
    named.or_else(|| std::env::var("SPOTCHECK_LANGUAGE").ok())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        for sub in command.get_subcommands() {
            let path = format!("{path} {}", sub.get_name()).trim().to_owned();
            paths(sub, &path, found);
            found.push(path);
        }
    }

    #[test]
    fn every_command_and_no_other_is_explained_in_chinese() {
        let mut built = Vec::new();
        paths(&Cli::command(), "", &mut built);
        let mut explained: Vec<&str> = CHINESE.iter().map(|(path, _)| *path).collect();
        built.sort();
        explained.sort_unstable();
        assert_eq!(built, explained);
        let help = command(Language::ZhHans).render_help().to_string();
        assert!(help.contains("用法：") && help.contains("持续运行"), "{help}");
        command(Language::ZhHans).debug_assert();
    }

    #[test]
    fn the_language_is_known_before_arguments_are_parsed() {
        let asked = |line: &str| language_asked(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(asked("spotcheck --lang zh --help"), Some(Language::ZhHans));
        assert_eq!(asked("spotcheck flags --lang=en"), Some(Language::En));
    }
}
