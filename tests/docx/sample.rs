//! Documents built by hand: what the composer would make of a report, without it.

use kanyin::document::{
    About, Block, Cell, CellContent, CellRole, Date, Document, Grid, Lead, Origin, Paragraph, Role, Seal, Signature,
    Table, Text,
};
use kanyin::length::Length;
use kanyin::sheet::Sheet;

pub fn sheet() -> Sheet {
    Sheet::parse("gbt9704.toml", include_str!("../../layouts/sheets/gbt9704.toml")).expect("the sheet reads")
}

pub fn text(content: &str) -> Text {
    Text::marked(content, Origin::path("$"))
}

pub fn paragraph(role: Role, content: &str) -> Block {
    Block::Paragraph(Paragraph { role, lead: None, text: text(content), key: None })
}

pub fn heading(key: &str, content: &str) -> Block {
    let key = Some(key.to_owned());
    Block::Paragraph(Paragraph { role: Role::Heading1, lead: None, text: text(content), key })
}

pub fn run_in(lead: &str, content: &str) -> Block {
    let lead = Some(Lead { role: Role::Heading2, text: text(lead) });
    Block::Paragraph(Paragraph { role: Role::Body, lead, text: text(content), key: None })
}

pub fn signature(agencies: &[&str], seal: Option<Length>) -> Block {
    Block::Signature(Signature {
        agencies: agencies.iter().map(|name| text(name)).collect(),
        date: text("2021年1月20日"),
        seal: seal.map(|diameter| Seal { diameter }),
    })
}

pub fn document(blocks: Vec<Block>) -> Document {
    Document {
        about: About {
            title: "三门峡市机关事务管理局2020年政府信息公开工作年度报告".into(),
            author: "三门峡市机关事务管理局".into(),
            subject: "政府信息公开工作年度报告".into(),
            keywords: vec!["政府信息公开".into(), "年度报告".into()],
            language: "zh-CN".into(),
            edition: kanyin::document::Edition::default(),
            date: Date::new(2021, 1, 20).expect("a day"),
            watermark: None,
        },
        blocks,
    }
}

/// A table from a picture: `<` continues the cell on the left, `^` the cell above. The first character
/// tells the role: `=` band, `!` column heading, `@` group label, `#` value, `-` row label.
pub fn table(key: &str, title: &str, widths: &[i64], heading_rows: usize, picture: &[&str]) -> Table {
    let rows: Vec<Vec<&str>> = picture.iter().map(|row| row.split_whitespace().collect()).collect();
    let mut cells: Vec<Cell<CellContent>> = Vec::new();
    let mut owner = vec![vec![0; widths.len()]; rows.len()];
    for (row, entries) in rows.iter().enumerate() {
        assert_eq!(entries.len(), widths.len(), "row {row} of {key}");
        for (column, entry) in entries.iter().enumerate() {
            owner[row][column] = match *entry {
                "<" => owner[row][column - 1],
                "^" => owner[row - 1][column],
                entry => {
                    let (mark, label) = entry.split_at(1);
                    let role = match mark {
                        "=" => CellRole::Band,
                        "!" => CellRole::ColumnHeading,
                        "@" => CellRole::GroupLabel,
                        "-" => CellRole::RowLabel,
                        _ => CellRole::Value,
                    };
                    let content = CellContent { role, text: text(label) };
                    cells.push(Cell { row, column, row_span: 1, column_span: 1, content });
                    cells.len() - 1
                }
            };
            let cell = &mut cells[owner[row][column]];
            cell.row_span = cell.row_span.max(row + 1 - cell.row);
            cell.column_span = cell.column_span.max(column + 1 - cell.column);
        }
    }
    Table {
        key: key.into(),
        title: title.into(),
        description: "一张为测试而画的表。".into(),
        widths: widths.iter().map(|&width| Length::mm(width)).collect(),
        heading_rows,
        centre_labels: key == "disclosure",
        placement: Default::default(),
        grid: Grid::new(rows.len(), widths.len(), cells).expect("a full grid"),
    }
}

pub fn disclosure() -> Table {
    let picture = [
        "=第二十条第（一）项 < < <",
        "!信息内容 !本年新制作数量 !本年新公开数量 !对外公开总数量",
        "-规章 #0 #0 #0",
        "-规范性文件 #0 #0 #0",
        "=第二十条第（五）项 < < <",
        "!信息内容 !上一年项目数量 !本年增/减 !处理决定数量",
        "-行政许可 #11398889 #-8 #0",
        "-其他对外管理服务事项 #0 #0 #0",
        "=第二十条第（六）项 < < <",
        "!信息内容 !上一年项目数量 !本年增/减 !处理决定数量",
        "-行政处罚 #0 #0 #0",
        "-行政强制 #0 #0 #0",
        "=第二十条第（八）项 < < <",
        "!信息内容 !上一年项目数量 !本年增/减 <",
        "-行政事业性收费 #0 #0 <",
        "=第二十条第（九）项 < < <",
        "!信息内容 !采购项目数量 !采购总金额（单位：万元，保留4位小数） <",
        "-政府集中采购 #0 #96171.6 <",
    ];
    table("disclosure", "二、主动公开政府信息情况", &[39, 39, 39, 39], 0, &picture)
}

pub fn requests() -> Table {
    let zeros = "#0 #0 #0 #0 #0 #0 #0";
    let rows = [
        "!（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） < < !申请人情况 < < < < < <".to_owned(),
        "^ < < !自然人 !法人或其他组织 < < < < !总计".to_owned(),
        "^ < < ^ !商业|企业 !科研|机构 !社会公益组织 !法律服务机构 !其他 ^".to_owned(),
        "-一、本年新收政府信息公开申请数量 < < #136120 #252 #0 #45 #128 #32 #14069".to_owned(),
        format!("-二、上年结转政府信息公开申请数量 < < {zeros}"),
        format!("@三、本年度办理结果 -（一）予以公开 < {zeros}"),
        format!("^ -（二）部分公开（区分处理的，只计这一情形，不计其他情形） < {zeros}"),
        format!("^ @（三）不予公开 -1.属于国家秘密 {zeros}"),
        format!("^ ^ -2.其他法律行政法规禁止公开 {zeros}"),
        format!("^ ^ -3.危及“三安全一稳定” {zeros}"),
        format!("^ ^ -4.保护第三方合法权益 {zeros}"),
        format!("^ ^ -5.属于三类内部事务信息 {zeros}"),
        format!("^ ^ -6.属于四类过程性信息 {zeros}"),
        format!("^ ^ -7.属于行政执法案卷 {zeros}"),
        format!("^ ^ -8.属于行政查询事项 {zeros}"),
        format!("^ @（四）无法提供 -1.本机关不掌握相关政府信息 {zeros}"),
        format!("^ ^ -2.没有现成信息需要另行制作 {zeros}"),
        format!("^ ^ -3.补正后申请内容仍不明确 {zeros}"),
        format!("^ @（五）不予处理 -1.信访举报投诉类申请 {zeros}"),
        format!("^ ^ -2.重复申请 {zeros}"),
        format!("^ ^ -3.要求提供公开出版物 {zeros}"),
        format!("^ ^ -4.无正当理由大量反复申请 {zeros}"),
        format!("^ ^ -5.要求行政机关确认或重新出具已获取信息 {zeros}"),
        format!("^ -（六）其他处理 < {zeros}"),
        format!("^ -（七）总计 < {zeros}"),
        "-四、结转下年度继续办理 < < #0 #/ #— #0 #0 #0 #0".to_owned(),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let widths = [12, 15, 52, 11, 11, 11, 11, 11, 11, 11];
    table("requests", "三、收到和处理政府信息公开申请情况", &widths, 3, &rows)
}

pub fn proceedings() -> Table {
    let picture = [
        "!行政复议 < < < < !行政诉讼 < < < < < < < < <",
        "!结果维持 !结果纠正 !其他结果 !尚未审结 !总计 !未经复议直接起诉 < < < < !复议后起诉 < < < <",
        "^ ^ ^ ^ ^ !结果维持 !结果纠正 !其他结果 !尚未审结 !总计 !结果维持 !结果纠正 !其他结果 !尚未审结 !总计",
        "#376 #97 #196 #121 #790 #16 #1 #12 #27 #56 #74 #1 #30 #51 #156",
    ];
    let widths: Vec<i64> = vec![104; 15];
    table("proceedings", "四、政府信息公开行政复议、行政诉讼情况", &widths, 3, &picture)
}

/// A whole report of the 2019 edition.
pub fn report(seal: Option<Length>) -> Document {
    document(vec![
        paragraph(Role::Title, "三门峡市机关事务管理局|2020年|政府信息公开|工作年度报告"),
        heading("overview", "一、总体情况"),
        run_in(
            "（一）加强领导，精心组织。",
            "我局高度重视政府信息公开工作，成立了信息公开工作领导小组，主管领导负责全局政务信息公开工作，办公室、机关党委具体落实，确定2名工作人员具体负责，组织协调全局政府信息公开工作开展情况。做到思想统一，职责分清，形成领导重视、组织高效、分工协作的良好工作机制。",
        ),
        run_in(
            "（二）规范运作，提高质量。",
            "认真抓好信息公开程序，进一步规范完善工作，全面梳理局机关及各部门的各类信息，对机构职能、规范性文件、工作动态等方面的信息按工作流程进行公开，接受社会和公众的监督，做到规范化、系统化地公开政府信息。为政务服务工作提供强有力地保障，为推动我局信息公开工作打下坚实的物质基础。",
        ),
        run_in(
            "（三）创新载体，畅通渠道。",
            "我局致力于政府信息公开载体建设，拓展信息公开渠道，从纸质文件的单一公开渠道到目前的网络、媒体等全方位公开，不断发展，日臻完善。在政府网站上全面公开了我局预决算信息、报表和“三公”经费预决算的同时，积极参与由三门峡市广播电台主办的“政风行风热线”栏目，解读我局“十三五”期间机关事务工作取得的成效，得到了群众好评。通过政务新媒体发布信息88篇。通过落实各项工作举措，进一步促进了各部门办事效率和服务水平提升，受到广大群众好评。",
        ),
        heading("disclosure", "二、主动公开政府信息情况"),
        Block::Table(disclosure()),
        heading("requests", "三、收到和处理政府信息公开申请情况"),
        Block::Table(requests()),
        heading("proceedings", "四、政府信息公开行政复议、行政诉讼情况"),
        Block::Table(proceedings()),
        heading("problems", "五、存在的主要问题及改进情况"),
        paragraph(
            Role::Body,
            "我局虽然在政府政务公开工作取得了一定成绩，但是仍存在一些问题：一是个别部门对公开工作的重要性认识不足，工作落实不到位；二是个别部门公开工作人员变动大，工作交接没有做到无缝对接，导致信息公开不及时；三是政务公开工作创新意识不强。下一阶段我局将主要从以下方面作进一步改进和加强。",
        ),
        paragraph(
            Role::Body,
            "一是加强检查监督力度。继续组织专门人员查找政府信息公开的薄弱环节，督促不断拓展政府信息公开的深度和广度，不断提高政府工作的透明度，发挥政府对人民群众生产、生活和社会经济活动的服务作用。",
        ),
        paragraph(
            Role::Body,
            "二是拓宽信息公开渠道。在进一步提升服务功能，完善公开形式的基础上，努力建设面向公众、方便获取、形式多样的政府信息公开载体，扩展公开渠道，为群众就近及时获取政府信息提供便利。",
        ),
        paragraph(
            Role::Body,
            "三是深化信息公开内容。进一步加大政府公共职能信息公开力度，推进决策领域信息公开步伐，逐步公开有利于社会与公众参与和监督的相关信息，做到及时、全面、准确地主动公开，增强政府信息发布主动性、权威性和时效性。",
        ),
        paragraph(
            Role::Body,
            "四是自觉接受社会监督。把政府信息公开工作纳入社会评议政风、行风的范围，让人民群众对政府信息公开情况进行评议，并根据评议结果完善制度、改进工作。主动接受社会监督，实现行政机关工作透明、公开、廉洁、高效。",
        ),
        heading("other", "六、其他需要报告的事项"),
        paragraph(Role::Body, "无"),
        signature(&["三门峡市机关事务管理局"], seal),
    ])
}

/// Two pages of text without a mark, to count lines and characters on.
pub fn solid_text() -> Document {
    let line: String = "一二三四五六七八九十".chars().cycle().take(28 * 60 - 2).collect();
    document(vec![paragraph(Role::Body, &line)])
}
