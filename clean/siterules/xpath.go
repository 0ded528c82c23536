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

// Bounds of the work of XPath expressions on one page, in steps from node to node:
// a part that every page has, and one that grows with the page. A step takes some
// tens of nanoseconds. An expression that looks at the class of every element takes
// about ten steps per node.
const (
	maxSteps     = 2_000_000 // of one expression
	stepsPerNode = 30        // more for each node of the page
	pageShares   = 4         // of all expressions that remove, and of all others, in shares of one
)

// expression is an XPath expression of a site file.
type expression struct {
	at         string // file and line
	text       string
	conditions []expression // what must be on the page for it to be evaluated
	plain      *plainPath   // the same without the library, nil where that cannot be
	pool       *sync.Pool   // of *xpath.Expr: one must not be evaluated by two goroutines
}

// Why an expression is not used.
var (
	errTooCostly  = errors.New("it takes too many steps on this page")
	errNoElements = errors.New("the XPath expression selects no elements")
)

// compile compiles an expression and evaluates it on an empty page: some mistakes
// show only then.
func compile(at, text string, elements bool) (expression, error) {
	expr, err := compileXPath(text)
	if err != nil {
		return expression{}, fmt.Errorf("this is not an XPath expression: %w", err)
	}
	e := expression{at: at, text: text, plain: compilePlain(text), pool: &sync.Pool{}}
	e.pool.Put(expr)
	empty := &html.Node{Type: html.DocumentNode}
	v, err := evaluateXPath(expr, empty, &budget{left: maxSteps})
	if err != nil {
		return expression{}, fmt.Errorf("the XPath expression cannot be evaluated: %w", err)
	}
	if elements && !v.isSet {
		return expression{}, errNoElements
	}
	return e, nil
}

// compileXPath compiles an expression. The library panics on some.
func compileXPath(text string) (expr *xpath.Expr, err error) {
	defer func() {
		if r := recover(); r != nil {
			expr, err = nil, fmt.Errorf("%v", r)
		}
	}()
	return xpath.Compile(idCall.ReplaceAllString(text, "$1(//*[@id=$2])"))
}

// idCall is the function id at the start of a path, which the library lacks.
var idCall = regexp.MustCompile(`(^\s*|\|\s*)id\(\s*('[^']*'|"[^"]*")\s*\)`)

// value is the value of an expression: a set of nodes, or a text.
type value struct {
	isSet bool
	nodes []node
	text  string
}

// node is a node of the tree, or an attribute of it.
type node struct {
	node *html.Node
	attr int // index into the node's attributes, -1 for the node itself
}

func (n node) isElement() bool { return n.attr < 0 && n.node.Type == html.ElementNode }

// text returns the text of the node, or the value of the attribute, on one line.
func (n node) text() string {
	if n.attr >= 0 {
		return letters.NormalizeSpace(letters.Truncate(n.node.Attr[n.attr].Val, dom.MaxNodeText))
	}
	if n.node.Type == html.TextNode {
		return letters.NormalizeSpace(letters.Truncate(n.node.Data, dom.MaxNodeText))
	}
	return letters.NormalizeSpace(dom.NodeText(n.node))
}

// budget is the number of steps that are left.
type budget struct{ left int }

// spend takes steps from the budget. Only a panic can leave an evaluation of the
// library; evaluateXPath recovers from it.
func (b *budget) spend(steps int) {
	if b.left -= steps; b.left < 0 {
		panic(errTooCostly)
	}
}

// evaluate returns the value of the expression on a page. It takes no more than
// each steps, and no more than are left of total, which it takes them from.
func (e *expression) evaluate(root *html.Node, each int, total *budget) (value, error) {
	if e.plain != nil {
		return value{isSet: true, nodes: e.plain.find(root)}, nil
	}
	expr, _ := e.pool.Get().(*xpath.Expr)
	if expr == nil {
		var err error
		if expr, err = compileXPath(e.text); err != nil {
			return value{}, err
		}
	}
	own := &budget{left: min(each, total.left)}
	before := own.left
	v, err := evaluateXPath(expr, root, own)
	total.left -= before - max(own.left, 0)
	if err == nil {
		e.pool.Put(expr) // after a failure its state is unknown
	}
	return v, err
}

func evaluateXPath(expr *xpath.Expr, root *html.Node, steps *budget) (result value, err error) {
	defer func() {
		if r := recover(); r != nil {
			result = value{}
			if failed, ok := r.(error); ok {
				err = failed
			} else {
				err = fmt.Errorf("%v", r)
			}
		}
	}()
	switch v := expr.Evaluate(&navigator{root: root, node: root, attr: -1, steps: steps}).(type) {
	case *xpath.NodeIterator:
		result.isSet = true
		seen := map[node]bool{}
		for v.MoveNext() {
			steps.spend(1)
			at := v.Current().(*navigator)
			if n := (node{at.node, at.attr}); !seen[n] {
				seen[n] = true
				result.nodes = append(result.nodes, n)
			}
		}
		result.nodes = inDocumentOrder(root, result.nodes)
	case string:
		result.text = letters.NormalizeSpace(letters.Truncate(v, dom.MaxNodeText))
	case bool:
		if v {
			result.text = "true"
		}
	case float64:
		result.text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return result, nil
}

// inDocumentOrder sorts nodes. The library returns the matches of // in another
// order where they contain each other, and who takes the first match means the
// first on the page.
func inDocumentOrder(root *html.Node, nodes []node) []node {
	if len(nodes) < 2 {
		return nodes
	}
	at := make(map[*html.Node]int, len(nodes))
	for _, n := range nodes {
		at[n.node] = 0
	}
	position := 0
	for n := range root.Descendants() {
		if _, found := at[n]; found {
			position++
			at[n] = position
		}
	}
	slices.SortFunc(nodes, func(a, b node) int {
		return cmp.Or(at[a.node]-at[b.node], a.attr-b.attr)
	})
	return nodes
}

// bytesPerStep is the length of a text that costs a step more to be read.
const bytesPerStep = 64

// navigator walks a tree for the XPath library, and counts its steps. Document
// types are skipped.
type navigator struct {
	root, node *html.Node
	attr       int // index into the node's attributes, -1 on the node itself
	steps      *budget
}

// NodeType implements xpath.NodeNavigator.
func (c *navigator) NodeType() xpath.NodeType {
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
func (c *navigator) LocalName() string {
	switch {
	case c.attr >= 0:
		return c.node.Attr[c.attr].Key
	case c.node.Type == html.ElementNode:
		return c.node.Data
	}
	return ""
}

// Prefix implements xpath.NodeNavigator.
func (c *navigator) Prefix() string { return "" }

// Value implements xpath.NodeNavigator.
func (c *navigator) Value() string {
	c.steps.spend(1)
	switch {
	case c.attr >= 0:
		return c.node.Attr[c.attr].Val
	case c.node.Type == html.TextNode || c.node.Type == html.RawNode || c.node.Type == html.CommentNode:
		c.steps.spend(len(c.node.Data) / bytesPerStep)
		return c.node.Data
	}
	var b strings.Builder
	for n := range c.node.Descendants() {
		c.steps.spend(1)
		if n.Type == html.TextNode {
			c.steps.spend(len(n.Data) / bytesPerStep)
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// Copy implements xpath.NodeNavigator.
func (c *navigator) Copy() xpath.NodeNavigator {
	c.steps.spend(1)
	other := *c
	return &other
}

// MoveToRoot implements xpath.NodeNavigator.
func (c *navigator) MoveToRoot() { c.node, c.attr = c.root, -1 }

// MoveToParent implements xpath.NodeNavigator.
func (c *navigator) MoveToParent() bool {
	c.steps.spend(1)
	if c.attr >= 0 {
		c.attr = -1
		return true
	}
	return c.node != c.root && c.to(c.node.Parent)
}

// MoveToNextAttribute implements xpath.NodeNavigator.
func (c *navigator) MoveToNextAttribute() bool {
	c.steps.spend(1)
	if c.attr+1 >= len(c.node.Attr) {
		return false
	}
	c.attr++
	return true
}

// MoveToChild implements xpath.NodeNavigator.
func (c *navigator) MoveToChild() bool {
	return c.attr < 0 && c.to(skipDoctype(c.node.FirstChild))
}

// MoveToFirst implements xpath.NodeNavigator.
func (c *navigator) MoveToFirst() bool {
	if c.attr >= 0 || c.node.Parent == nil || c.node.PrevSibling == nil {
		return false
	}
	return c.to(skipDoctype(c.node.Parent.FirstChild))
}

// MoveToNext implements xpath.NodeNavigator.
func (c *navigator) MoveToNext() bool {
	return c.attr < 0 && c.node != c.root && c.to(skipDoctype(c.node.NextSibling))
}

// MoveToPrevious implements xpath.NodeNavigator.
func (c *navigator) MoveToPrevious() bool {
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
func (c *navigator) MoveTo(other xpath.NodeNavigator) bool {
	o, ok := other.(*navigator)
	if !ok || o.root != c.root {
		return false
	}
	c.node, c.attr = o.node, o.attr
	return true
}

// to moves to a node if there is one.
func (c *navigator) to(n *html.Node) bool {
	c.steps.spend(1)
	if n == nil {
		return false
	}
	c.node = n
	return true
}

func skipDoctype(n *html.Node) *html.Node {
	for n != nil && n.Type == html.DoctypeNode {
		n = n.NextSibling
	}
	return n
}
