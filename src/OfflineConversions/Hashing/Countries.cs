using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// All countries of ISO 3166-1 under their codes and the names people write, in English and in their own language.
/// Carried as data because the names that a host's culture tables know differ from host to host.
/// </summary>
internal static class Countries
{
    private static readonly FrozenDictionary<string, string> Codes = ByNameAndCode();

    /// <summary>The alpha-2 code in lower case, or <see langword="null"/> when there is no such country.</summary>
    public static string? Find(string? folded)
    {
        if (folded is null)
        {
            return null;
        }

        // Codes are what nearly every event brings.
        if (Codes.TryGetValue(folded, out var code))
        {
            return code;
        }

        // "N/A" is nobody's way to write Namibia.
        var name = Letters(folded);
        return name == "na" ? null : Codes.GetValueOrDefault(name);
    }

    /// <summary>
    /// Letters and digits without accents and without the word <c>the</c>, so that <c>Cote d'Ivoire</c> and <c>Côte
    /// d’Ivoire</c> are one, and <c>The Bahamas</c> and ISO's own <c>Bahamas (the)</c>.
    /// </summary>
    private static string Letters(string name)
    {
        var words = new StringBuilder(name.Length);
        foreach (var rune in name.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                words.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (words.Length > 0 && Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                words.Append(rune.Value == '&' ? " and " : " "); // "and" alone is the code of Andorra
            }
        }

        return string.Concat(words.ToString().Split(' ').Where(word => word != "the"));
    }

    private static FrozenDictionary<string, string> ByNameAndCode()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in Rows.Split('\n'))
        {
            // Read as "AF AFG Afghanistan|Islamic Republic of Afghanistan|…".
            var text = row.Trim();
            var alpha2 = text[..2].ToLowerInvariant();
            codes.Add(alpha2, alpha2);
            codes.Add(text[3..6].ToLowerInvariant(), alpha2);
            foreach (var name in text[7..].Split('|'))
            {
                codes.Add(Letters(name), alpha2);
            }
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private const string Rows = """
        AD AND Andorra|Principality of Andorra
        AE ARE United Arab Emirates|UAE|Emirates|الإمارات العربية المتحدة|الإمارات
        AF AFG Afghanistan|Islamic Republic of Afghanistan|افغانستان
        AG ATG Antigua and Barbuda|Antigua
        AI AIA Anguilla
        AL ALB Albania|Republic of Albania|Shqipëria
        AM ARM Armenia|Republic of Armenia|Հայաստան
        AO AGO Angola|Republic of Angola
        AQ ATA Antarctica
        AR ARG Argentina|Argentine Republic|República Argentina
        AS ASM American Samoa
        AT AUT Austria|Republic of Austria|Österreich|Oesterreich|Autriche
        AU AUS Australia
        AW ABW Aruba
        AX ALA Åland Islands|Aland
        AZ AZE Azerbaijan|Republic of Azerbaijan|Azərbaycan
        BA BIH Bosnia and Herzegovina|Republic of Bosnia and Herzegovina|Bosnia|Bosna i Hercegovina
        BB BRB Barbados
        BD BGD Bangladesh|People's Republic of Bangladesh|বাংলাদেশ
        BE BEL Belgium|Kingdom of Belgium|België|Belgique|Belgien
        BF BFA Burkina Faso
        BG BGR Bulgaria|Republic of Bulgaria|България
        BH BHR Bahrain|Kingdom of Bahrain|البحرين
        BI BDI Burundi|Republic of Burundi
        BJ BEN Benin|Republic of Benin
        BL BLM Saint Barthélemy|St. Barthélemy
        BM BMU Bermuda
        BN BRN Brunei Darussalam|Brunei
        BO BOL Bolivia, Plurinational State of|Bolivia|Plurinational State of Bolivia
        BQ BES Bonaire, Sint Eustatius and Saba|Caribbean Netherlands|Bonaire
        BR BRA Brazil|Federative Republic of Brazil|Brasil
        BS BHS Bahamas|Commonwealth of the Bahamas
        BT BTN Bhutan|Kingdom of Bhutan
        BV BVT Bouvet Island
        BW BWA Botswana|Republic of Botswana
        BY BLR Belarus|Republic of Belarus|Беларусь|Byelorussia
        BZ BLZ Belize
        CA CAN Canada
        CC CCK Cocos (Keeling) Islands|Cocos Islands|Keeling Islands
        CD COD Congo, The Democratic Republic of the|Democratic Republic of the Congo|DR Congo|DRC|Congo-Kinshasa|Congo (DRC)|Congo, Dem. Rep.|Zaire
        CF CAF Central African Republic|CAR|République centrafricaine
        CG COG Congo|Republic of the Congo|Congo-Brazzaville|Congo Republic|Congo, Republic of the|Congo, Rep.
        CH CHE Switzerland|Swiss Confederation|Schweiz|Suisse|Svizzera|Svizra|Confoederatio Helvetica
        CI CIV Côte d'Ivoire|Republic of Côte d'Ivoire|Ivory Coast
        CK COK Cook Islands
        CL CHL Chile|Republic of Chile
        CM CMR Cameroon|Republic of Cameroon|Cameroun
        CN CHN China|People's Republic of China|中国|中國|Mainland China|PRC|P.R. China|中华人民共和国
        CO COL Colombia|Republic of Colombia
        CR CRI Costa Rica|Republic of Costa Rica
        CU CUB Cuba|Republic of Cuba
        CV CPV Cabo Verde|Republic of Cabo Verde|Cape Verde
        CW CUW Curaçao
        CX CXR Christmas Island
        CY CYP Cyprus|Republic of Cyprus|Κύπρος|Kıbrıs
        CZ CZE Czechia|Czech Republic|Česko|Česká republika|Czech|Czech Rep.
        DE DEU Germany|Federal Republic of Germany|Deutschland|Bundesrepublik Deutschland|BRD|Allemagne|Alemania|Germania
        DJ DJI Djibouti|Republic of Djibouti
        DK DNK Denmark|Kingdom of Denmark|Danmark
        DM DMA Dominica|Commonwealth of Dominica
        DO DOM Dominican Republic|República Dominicana|Dominican Rep.
        DZ DZA Algeria|People's Democratic Republic of Algeria|الجزائر|Algérie
        EC ECU Ecuador|Republic of Ecuador
        EE EST Estonia|Republic of Estonia|Eesti
        EG EGY Egypt|Arab Republic of Egypt|مصر
        EH ESH Western Sahara|Sahrawi Arab Democratic Republic
        ER ERI Eritrea|the State of Eritrea
        ES ESP Spain|Kingdom of Spain|España|Espagne|Spanien
        ET ETH Ethiopia|Federal Democratic Republic of Ethiopia|ኢትዮጵያ
        FI FIN Finland|Republic of Finland|Suomi
        FJ FJI Fiji|Republic of Fiji
        FK FLK Falkland Islands (Malvinas)|Falkland Islands|Malvinas|Islas Malvinas
        FM FSM Micronesia, Federated States of|Federated States of Micronesia|Micronesia
        FO FRO Faroe Islands|Føroyar|Faeroe Islands
        FR FRA France|French Republic|République française|França|Frankreich|Francia
        GA GAB Gabon|Gabonese Republic
        GB GBR United Kingdom|United Kingdom of Great Britain and Northern Ireland|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|United Kingdom (UK)|Royaume-Uni|Reino Unido|Vereinigtes Königreich|Großbritannien|Grossbritannien
        GD GRD Grenada
        GE GEO Georgia|საქართველო|Sakartvelo
        GF GUF French Guiana|Guyane
        GG GGY Guernsey
        GH GHA Ghana|Republic of Ghana
        GI GIB Gibraltar
        GL GRL Greenland|Kalaallit Nunaat
        GM GMB Gambia|Republic of the Gambia
        GN GIN Guinea|Republic of Guinea|Guinée|Guinea-Conakry
        GP GLP Guadeloupe
        GQ GNQ Equatorial Guinea|Republic of Equatorial Guinea
        GR GRC Greece|Hellenic Republic|Ελλάδα|Hellas|Ellada
        GS SGS South Georgia and the South Sandwich Islands|South Georgia
        GT GTM Guatemala|Republic of Guatemala
        GU GUM Guam
        GW GNB Guinea-Bissau|Republic of Guinea-Bissau
        GY GUY Guyana|Republic of Guyana
        HK HKG Hong Kong|Hong Kong Special Administrative Region of China|香港|Hong Kong SAR|Hong Kong SAR China|Hong Kong, China
        HM HMD Heard Island and McDonald Islands|Heard and McDonald Islands
        HN HND Honduras|Republic of Honduras
        HR HRV Croatia|Republic of Croatia|Hrvatska
        HT HTI Haiti|Republic of Haiti
        HU HUN Hungary|Magyarország
        ID IDN Indonesia|Republic of Indonesia
        IE IRL Ireland|Éire|Republic of Ireland
        IL ISR Israel|State of Israel|ישראל|إسرائيل
        IM IMN Isle of Man
        IN IND India|Republic of India|भारत|Bharat
        IO IOT British Indian Ocean Territory
        IQ IRQ Iraq|Republic of Iraq|العراق
        IR IRN Iran, Islamic Republic of|Iran|Islamic Republic of Iran|ایران|Persia
        IS ISL Iceland|Republic of Iceland|Ísland
        IT ITA Italy|Italian Republic|Italia|Italie|Italien|Repubblica Italiana
        JE JEY Jersey
        JM JAM Jamaica
        JO JOR Jordan|Hashemite Kingdom of Jordan|الأردن
        JP JPN Japan|日本|日本国|Nippon|Nihon
        KE KEN Kenya|Republic of Kenya
        KG KGZ Kyrgyzstan|Kyrgyz Republic|Кыргызстан
        KH KHM Cambodia|Kingdom of Cambodia|កម្ពុជា|Kampuchea
        KI KIR Kiribati|Republic of Kiribati
        KM COM Comoros|Union of the Comoros
        KN KNA Saint Kitts and Nevis|St. Kitts and Nevis
        KP PRK Korea, Democratic People's Republic of|North Korea|Democratic People's Republic of Korea|DPRK|Korea, North|조선민주주의인민공화국
        KR KOR Korea, Republic of|South Korea|Korea, South|Korea|Republic of Korea|ROK|대한민국|한국
        KW KWT Kuwait|State of Kuwait|الكويت
        KY CYM Cayman Islands
        KZ KAZ Kazakhstan|Republic of Kazakhstan|Қазақстан|Казахстан
        LA LAO Lao People's Democratic Republic|Laos|ລາວ|Lao PDR
        LB LBN Lebanon|Lebanese Republic|لبنان|Liban
        LC LCA Saint Lucia|St. Lucia
        LI LIE Liechtenstein|Principality of Liechtenstein
        LK LKA Sri Lanka|Democratic Socialist Republic of Sri Lanka|ශ්‍රී ලංකාව
        LR LBR Liberia|Republic of Liberia
        LS LSO Lesotho|Kingdom of Lesotho
        LT LTU Lithuania|Republic of Lithuania|Lietuva
        LU LUX Luxembourg|Grand Duchy of Luxembourg|Lëtzebuerg|Luxemburg
        LV LVA Latvia|Republic of Latvia|Latvija
        LY LBY Libya|ليبيا|Libyan Arab Jamahiriya
        MA MAR Morocco|Kingdom of Morocco|المغرب|Maroc
        MC MCO Monaco|Principality of Monaco
        MD MDA Moldova, Republic of|Moldova|Republic of Moldova|Republica Moldova|Moldavia
        ME MNE Montenegro|Crna Gora|Црна Гора
        MF MAF Saint Martin (French part)|Saint Martin|St. Martin|St. Martin (French part)
        MG MDG Madagascar|Republic of Madagascar
        MH MHL Marshall Islands|Republic of the Marshall Islands
        MK MKD North Macedonia|Republic of North Macedonia|Macedonia|FYROM|Macedonia, the former Yugoslav Republic of|The former Yugoslav Republic of Macedonia|Северна Македонија
        ML MLI Mali|Republic of Mali
        MM MMR Myanmar|Republic of Myanmar|Burma|Myanmar (Burma)|မြန်မာ
        MN MNG Mongolia|Монгол Улс
        MO MAC Macao|Macao Special Administrative Region of China|Macau|澳門|澳门|Macao SAR|Macau SAR|Macao SAR China
        MP MNP Northern Mariana Islands|Commonwealth of the Northern Mariana Islands
        MQ MTQ Martinique
        MR MRT Mauritania|Islamic Republic of Mauritania|موريتانيا
        MS MSR Montserrat
        MT MLT Malta|Republic of Malta
        MU MUS Mauritius|Republic of Mauritius|Maurice
        MV MDV Maldives|Republic of Maldives
        MW MWI Malawi|Republic of Malawi
        MX MEX Mexico|United Mexican States|Mexique|Mexiko|Estados Unidos Mexicanos
        MY MYS Malaysia
        MZ MOZ Mozambique|Republic of Mozambique
        NA NAM Namibia|Republic of Namibia
        NC NCL New Caledonia
        NE NER Niger|Republic of the Niger
        NF NFK Norfolk Island
        NG NGA Nigeria|Federal Republic of Nigeria
        NI NIC Nicaragua|Republic of Nicaragua
        NL NLD Netherlands|Kingdom of the Netherlands|Netherlands, Kingdom of the|Nederland|Holland|Pays-Bas|Niederlande|Países Bajos
        NO NOR Norway|Kingdom of Norway|Norge|Noreg
        NP NPL Nepal|Federal Democratic Republic of Nepal|नेपाल
        NR NRU Nauru|Republic of Nauru
        NU NIU Niue
        NZ NZL New Zealand|Aotearoa
        OM OMN Oman|Sultanate of Oman|عمان
        PA PAN Panama|Republic of Panama
        PE PER Peru|Republic of Peru
        PF PYF French Polynesia|Polynésie française
        PG PNG Papua New Guinea|Independent State of Papua New Guinea
        PH PHL Philippines|Republic of the Philippines|Pilipinas
        PK PAK Pakistan|Islamic Republic of Pakistan|پاکستان
        PL POL Poland|Republic of Poland|Polska|Polen
        PM SPM Saint Pierre and Miquelon|St. Pierre and Miquelon|Saint-Pierre-et-Miquelon
        PN PCN Pitcairn|Pitcairn Islands
        PR PRI Puerto Rico
        PS PSE Palestine, State of|the State of Palestine|Palestine|Palestinian Territory|Palestinian Territories|Palestinian Territory, Occupied|Occupied Palestinian Territory|فلسطين
        PT PRT Portugal|Portuguese Republic|República Portuguesa
        PW PLW Palau|Republic of Palau
        PY PRY Paraguay|Republic of Paraguay
        QA QAT Qatar|State of Qatar|قطر
        RE REU Réunion|La Réunion
        RO ROU Romania|Roumanie|Rumänien
        RS SRB Serbia|Republic of Serbia|Србија|Srbija
        RU RUS Russian Federation|Russia|Россия|Российская Федерация|Rossiya|Russland|Russie
        RW RWA Rwanda|Rwandese Republic
        SA SAU Saudi Arabia|Kingdom of Saudi Arabia|السعودية|المملكة العربية السعودية|KSA
        SB SLB Solomon Islands
        SC SYC Seychelles|Republic of Seychelles
        SD SDN Sudan|Republic of the Sudan|السودان
        SE SWE Sweden|Kingdom of Sweden|Sverige|Schweden|Suède
        SG SGP Singapore|Republic of Singapore|新加坡
        SH SHN Saint Helena, Ascension and Tristan da Cunha|Saint Helena|St. Helena|Ascension Island|Tristan da Cunha
        SI SVN Slovenia|Republic of Slovenia|Slovenija
        SJ SJM Svalbard and Jan Mayen|Svalbard
        SK SVK Slovakia|Slovak Republic|Slovensko|Slovenská republika
        SL SLE Sierra Leone|Republic of Sierra Leone
        SM SMR San Marino|Republic of San Marino
        SN SEN Senegal|Republic of Senegal
        SO SOM Somalia|Federal Republic of Somalia
        SR SUR Suriname|Republic of Suriname
        SS SSD South Sudan|Republic of South Sudan
        ST STP Sao Tome and Principe|Democratic Republic of Sao Tome and Principe|São Tomé e Príncipe
        SV SLV El Salvador|Republic of El Salvador|Salvador
        SX SXM Sint Maarten (Dutch part)|Sint Maarten|St. Maarten
        SY SYR Syrian Arab Republic|Syria|سوريا
        SZ SWZ Eswatini|Kingdom of Eswatini|Swaziland
        TC TCA Turks and Caicos Islands|Turks & Caicos
        TD TCD Chad|Republic of Chad|Tchad
        TF ATF French Southern Territories|French Southern and Antarctic Lands
        TG TGO Togo|Togolese Republic
        TH THA Thailand|Kingdom of Thailand|ประเทศไทย|ไทย
        TJ TJK Tajikistan|Republic of Tajikistan|Тоҷикистон
        TK TKL Tokelau
        TL TLS Timor-Leste|Democratic Republic of Timor-Leste|East Timor
        TM TKM Turkmenistan
        TN TUN Tunisia|Republic of Tunisia|تونس|Tunisie
        TO TON Tonga|Kingdom of Tonga
        TR TUR Türkiye|Republic of Türkiye|Turkey|Türkei|Turquie
        TT TTO Trinidad and Tobago|Republic of Trinidad and Tobago|Trinidad
        TV TUV Tuvalu
        TW TWN Taiwan, Province of China|Taiwan|台灣|台湾|臺灣|Republic of China|Chinese Taipei|Taiwan, ROC
        TZ TZA Tanzania, United Republic of|Tanzania|United Republic of Tanzania
        UA UKR Ukraine|Україна|Украина|Ukraina
        UG UGA Uganda|Republic of Uganda
        UM UMI United States Minor Outlying Islands|US Minor Outlying Islands|U.S. Outlying Islands
        US USA United States|United States of America|United States of America (USA)|United States (US)|America|The States|Estados Unidos|États-Unis|Vereinigte Staaten|Vereinigte Staaten von Amerika
        UY URY Uruguay|Eastern Republic of Uruguay
        UZ UZB Uzbekistan|Republic of Uzbekistan|Oʻzbekiston|Ўзбекистон
        VA VAT Holy See (Vatican City State)|Vatican|Vatican City|Vatican City State|Holy See|Città del Vaticano
        VC VCT Saint Vincent and the Grenadines|St. Vincent and the Grenadines|Saint Vincent
        VE VEN Venezuela, Bolivarian Republic of|Venezuela|Bolivarian Republic of Venezuela
        VG VGB Virgin Islands, British|British Virgin Islands|BVI
        VI VIR Virgin Islands, U.S.|Virgin Islands of the United States|US Virgin Islands|United States Virgin Islands|USVI|Virgin Islands
        VN VNM Viet Nam|Socialist Republic of Viet Nam
        VU VUT Vanuatu|Republic of Vanuatu
        WF WLF Wallis and Futuna
        WS WSM Samoa|Independent State of Samoa
        YE YEM Yemen|Republic of Yemen|اليمن
        YT MYT Mayotte
        ZA ZAF South Africa|Republic of South Africa|Suid-Afrika|RSA
        ZM ZMB Zambia|Republic of Zambia
        ZW ZWE Zimbabwe|Republic of Zimbabwe
        """;
}
