package siterules

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/antchfx/xpath"
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Bounds of the work of XPath expressions on one page, in steps from node to
// node: a part that every page has, and one that grows with the page. A step
// takes some tens of nanoseconds. An expression that looks at the class of every
// element takes about ten steps a node.
const (
	pathSteps     = 2_000_000 // of one expression
	pathStepsNode = 30        // more for each node
	pageSteps     = 4         // of all expressions that cut, and of all others, in shares of one
)

// sitePath is an XPath expression of a site file.
type sitePath struct {
	at    string // file and line
	text  string
	only  []sitePath // what must be on the page for it to be looked for
	plain *plainPath // the same without the library, where that can be; else nil
	pool  *sync.Pool // of *xpath.Expr: one cannot be evaluated by two goroutines
}

// Why an expression is not used.
var (
	errPathCostly = errors.New("it takes too many steps on this page")
	errPathNodes  = errors.New("the XPath expression gives no elements")
)

// compileSitePath compiles an expression, and tries it on an empty page: some
// mistakes show only then.
func compileSitePath(at, text string, elements bool) (sitePath, error) {
	expr, err := compilePath(text)
	if err != nil {
		return sitePath{}, fmt.Errorf("this is no XPath expression: %w", err)
	}
	p := sitePath{at: at, text: text, plain: readPlain(text), pool: &sync.Pool{}}
	p.pool.Put(expr)
	empty := &html.Node{Type: html.DocumentNode}
	value, err := evaluatePath(expr, empty, &pathCost{left: pathSteps})
	if err != nil {
		return sitePath{}, fmt.Errorf("the XPath expression cannot be evaluated: %w", err)
	}
	if elements && !value.set {
		return sitePath{}, errPathNodes
	}
	return p, nil
}

// compilePath compiles an expression; the library panics on some.
func compilePath(text string) (expr *xpath.Expr, err error) {
	defer func() {
		if r := recover(); r != nil {
			expr, err = nil, fmt.Errorf("%v", r)
		}
	}()
	return xpath.Compile(idCall.ReplaceAllString(text, "$1(//*[@id=$2])"))
}

// idCall is the function id at the start of a path, which the library lacks.
var idCall = regexp.MustCompile(`(^\s*|\|\s*)id\(\s*('[^']*'|"[^"]*")\s*\)`)

// pathValue is what an expression gives: nodes, or a text.
type pathValue struct {
	set   bool
	nodes []pathNode
	text  string
}

// pathNode is a node, or an attribute of it.
type pathNode struct {
	node *html.Node
	attr int // index into the node's attributes; -1 for the node itself
}

// text is the node's text, or the attribute's value, on one line.
func (n pathNode) text() string {
	if n.attr >= 0 {
		return letters.NormalizeSpace(letters.Truncate(n.node.Attr[n.attr].Val, dom.MaxNodeText))
	}
	if n.node.Type == html.TextNode {
		return letters.NormalizeSpace(letters.Truncate(n.node.Data, dom.MaxNodeText))
	}
	return letters.NormalizeSpace(dom.NodeText(n.node))
}

// pathCost bounds steps; expressions that share it share the bound.
type pathCost struct{ left int }

// step counts. Only a panic can leave an evaluation of the library; it is
// caught in evaluatePath.
func (c *pathCost) step(n int) {
	if c.left -= n; c.left < 0 {
		panic(errPathCostly)
	}
}

// evaluate evaluates the expression over the page. cost bounds this expression
// and total it with all the others of the page.
func (p *sitePath) evaluate(root *html.Node, each int, total *pathCost) (pathValue, error) {
	if p.plain != nil {
		return pathValue{set: true, nodes: p.plain.find(root)}, nil
	}
	expr, _ := p.pool.Get().(*xpath.Expr)
	if expr == nil {
		var err error
		if expr, err = compilePath(p.text); err != nil {
			return pathValue{}, err
		}
	}
	cost := &pathCost{left: min(each, total.left)}
	before := cost.left
	value, err := evaluatePath(expr, root, cost)
	total.left -= before - max(cost.left, 0)
	if err == nil {
		p.pool.Put(expr) // after a failure its state is not known
	}
	return value, err
}

func evaluatePath(expr *xpath.Expr, root *html.Node, cost *pathCost) (value pathValue, err error) {
	defer func() {
		if r := recover(); r != nil {
			value = pathValue{}
			if failed, ok := r.(error); ok {
				err = failed
			} else {
				err = fmt.Errorf("%v", r)
			}
		}
	}()
	switch v := expr.Evaluate(&treeCursor{root: root, node: root, attr: -1, cost: cost}).(type) {
	case *xpath.NodeIterator:
		value.set = true
		seen := map[pathNode]bool{}
		for v.MoveNext() {
			cost.step(1)
			at := v.Current().(*treeCursor)
			if n := (pathNode{at.node, at.attr}); !seen[n] {
				seen[n] = true
				value.nodes = append(value.nodes, n)
			}
		}
		value.nodes = inPageOrder(root, value.nodes)
	case string:
		value.text = letters.NormalizeSpace(letters.Truncate(v, dom.MaxNodeText))
	case bool:
		if v {
			value.text = "true"
		}
	case float64:
		value.text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return value, nil
}

// inPageOrder sorts nodes as they stand on the page. The library gives the
// matches of // in another order where they lie within one another, and what
// takes the first match means the first on the page.
func inPageOrder(root *html.Node, nodes []pathNode) []pathNode {
	if len(nodes) < 2 {
		return nodes
	}
	at := make(map[*html.Node]int, len(nodes))
	for _, n := range nodes {
		at[n.node] = 0
	}
	place := 0
	for n := range root.Descendants() {
		if _, found := at[n]; found {
			place++
			at[n] = place
		}
	}
	slices.SortFunc(nodes, func(a, b pathNode) int {
		return cmp.Or(at[a.node]-at[b.node], a.attr-b.attr)
	})
	return nodes
}

// treeCursor walks a tree for the XPath library, and counts its steps.
type treeCursor struct {
	root, node *html.Node
	attr       int // index into the node's attributes; -1 on the node itself
	cost       *pathCost
}

// NodeType implements xpath.NodeNavigator.
func (c *treeCursor) NodeType() xpath.NodeType {
	switch {
	case c.attr >= 0:
		return xpath.AttributeNode
	case c.node.Type == html.ElementNode:
		return xpath.ElementNode
	case c.node.Type == html.TextNode, c.node.Type == html.RawNode:
		return xpath.TextNode
	case c.node.Type == html.CommentNode:
		return xpath.CommentNode
	}
	return xpath.RootNode
}

// LocalName implements xpath.NodeNavigator.
func (c *treeCursor) LocalName() string {
	switch {
	case c.attr >= 0:
		return c.node.Attr[c.attr].Key
	case c.node.Type == html.ElementNode:
		return c.node.Data
	}
	return ""
}

// Prefix implements xpath.NodeNavigator.
func (c *treeCursor) Prefix() string { return "" }

// Value implements xpath.NodeNavigator.
func (c *treeCursor) Value() string {
	c.cost.step(1)
	switch {
	case c.attr >= 0:
		return c.node.Attr[c.attr].Val
	case c.node.Type == html.TextNode || c.node.Type == html.RawNode || c.node.Type == html.CommentNode:
		c.cost.step(len(c.node.Data) / 64)
		return c.node.Data
	}
	var b strings.Builder
	for n := range c.node.Descendants() {
		c.cost.step(1)
		if n.Type == html.TextNode {
			c.cost.step(len(n.Data) / 64)
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// Copy implements xpath.NodeNavigator.
func (c *treeCursor) Copy() xpath.NodeNavigator {
	c.cost.step(1)
	twin := *c
	return &twin
}

// MoveToRoot implements xpath.NodeNavigator.
func (c *treeCursor) MoveToRoot() { c.node, c.attr = c.root, -1 }

// MoveToParent implements xpath.NodeNavigator.
func (c *treeCursor) MoveToParent() bool {
	c.cost.step(1)
	if c.attr >= 0 {
		c.attr = -1
		return true
	}
	return c.node != c.root && c.to(c.node.Parent)
}

// MoveToNextAttribute implements xpath.NodeNavigator.
func (c *treeCursor) MoveToNextAttribute() bool {
	c.cost.step(1)
	if c.attr+1 >= len(c.node.Attr) {
		return false
	}
	c.attr++
	return true
}

// MoveToChild implements xpath.NodeNavigator.
func (c *treeCursor) MoveToChild() bool {
	return c.attr < 0 && c.to(pastDoctype(c.node.FirstChild))
}

// MoveToFirst implements xpath.NodeNavigator.
func (c *treeCursor) MoveToFirst() bool {
	if c.attr >= 0 || c.node.Parent == nil || c.node.PrevSibling == nil {
		return false
	}
	return c.to(pastDoctype(c.node.Parent.FirstChild))
}

// MoveToNext implements xpath.NodeNavigator.
func (c *treeCursor) MoveToNext() bool {
	return c.attr < 0 && c.node != c.root && c.to(pastDoctype(c.node.NextSibling))
}

// MoveToPrevious implements xpath.NodeNavigator.
func (c *treeCursor) MoveToPrevious() bool {
	if c.attr >= 0 || c.node == c.root {
		return false
	}
	n := c.node.PrevSibling
	for n != nil && n.Type == html.DoctypeNode {
		n = n.PrevSibling
	}
	return c.to(n)
}

// MoveTo implements xpath.NodeNavigator.
func (c *treeCursor) MoveTo(other xpath.NodeNavigator) bool {
	o, ok := other.(*treeCursor)
	if !ok || o.root != c.root {
		return false
	}
	c.node, c.attr = o.node, o.attr
	return true
}

// to goes to a node if there is one.
func (c *treeCursor) to(n *html.Node) bool {
	c.cost.step(1)
	if n == nil {
		return false
	}
	c.node = n
	return true
}

func pastDoctype(n *html.Node) *html.Node {
	for n != nil && n.Type == html.DoctypeNode {
		n = n.NextSibling
	}
	return n
}
