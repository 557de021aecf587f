"""Amounts and totals that a viewer computes in the form: a small script, only where the buyer wants one.

Viewers that run no scripts leave the cells to the supplier, and dsdesk adds up again whatever comes back. Everything is
whole numbers: ten-thousandths of a price, hundredths of an amount, each rounded half up as dsdesk rounds. What is no
number, or could be read in two ways, computes nothing and leaves what stands in the cell. Written for the language
level that every viewer with scripts has (ECMAScript 3).
"""

from collections.abc import Iterator

from dsdesk.quote.request import QuotationRequest

# I: a cell in ten-thousandths, null where it is empty, NaN where it cannot be read; R: x/d half up; T: hundredths as
# text; V: a cell in hundredths; S, X: sum and tax of lines; P: puts hundredths into the cell that is being computed.
SCRIPT = r"""
function dsI(n){var f=getField(n);if(!f)return null;
var s=f.valueAsString!==undefined?f.valueAsString:""+f.value;s=s.replace(/[\s\u00a5\uffe5\u5143%]/g,"");
if(s==="")return null;
if(!/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d{1,4})?$/.test(s)||/^-?[1-9]\d{0,2}\.\d{3}$/.test(s))return NaN;
return Math.round(Number(s.replace(/,/g,""))*10000);}
function dsR(x,d){var s=x<0?-1:1;return s*Math.floor((s*x+d/2)/d);}
function dsT(c){var s=c<0?"-":"",a=""+Math.abs(c);while(a.length<3)a="0"+a;
return s+a.substring(0,a.length-2)+"."+a.substring(a.length-2);}
function dsV(n){var v=dsI(n);return v===null?null:dsR(v,100);}
function dsS(k){var t=null,i,v;for(i=0;i<k.length;i++){v=dsV(k[i]+"_net");if(v!==null)t=(t===null?0:t)+v;}return t;}
function dsX(k,d){var t=0,i,v,r;for(i=0;i<k.length;i++){v=dsV(k[i]+"_net");if(v===null)continue;
r=dsI(k[i]+"_vat");t+=dsR(v*(r===null?d:dsR(r,100)),10000);}return t;}
function dsP(c){if(c!==null&&c===c)event.value=dsT(c);}
function dsL(k,q){var p=dsI(k+"_unit_price");dsP(p===null?null:dsR(p*q,100));}
function dsA(k){dsP(dsS(k));}
function dsTax(){dsP(dsS(dsK)===null?null:dsX(dsK,dsD));}
function dsAll(){var t=dsS(dsK);dsP(t===null?null:t+dsX(dsK,dsD));}
""".replace("\n", "")


def of_document(request: QuotationRequest) -> str:
    """The script that the document carries: the functions, the keys of what is totalled, the usual rate."""
    keys = [f"L{line.no}" for line in request.lines] + [one.code for one in request.services if not one.optional]
    rate = int(request.header.tax_rate * 10_000)
    return f"{SCRIPT}var dsK={_list(keys)},dsD={rate};"


def of_cells(request: QuotationRequest) -> dict[str, str]:
    """What computes each cell, by the name of its entry, in the order in which they are to be computed."""
    return dict(_cells(request))


def _cells(request: QuotationRequest) -> Iterator[tuple[str, str]]:
    for line in request.lines:
        yield f"L{line.no}.net", f"dsL('L{line.no}',{line.quantity});"
    for number, lot in enumerate(request.lots, 1):
        yield f"lot{number}.net", f"dsA({_list([f'L{line.no}' for line in lot.lines])});"
    yield "total.net", "dsA(dsK);"
    yield "total.tax", "dsTax();"
    yield "total.gross", "dsAll();"


def _list(keys: list[str]) -> str:
    return f"[{','.join(repr(key) for key in keys)}]"
