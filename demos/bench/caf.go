// What the cases of "mailroom bench caf" cost Go: an actor is a goroutine, its mailbox a channel.
// Prints one number.
//
//	caf CASE HOW_OFTEN
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

const workers = 2

func nanoseconds(work func()) float64 {
	start := time.Now()
	work()
	return float64(time.Since(start).Nanoseconds())
}

func pingPong(exchanges int) float64 {
	ping, pong, done := make(chan int, 1), make(chan int, 1), make(chan bool)
	go func() {
		for n := range pong {
			ping <- n
		}
	}()
	go func() {
		for left := range ping {
			if left == 0 {
				done <- true
			} else {
				pong <- left - 1
			}
		}
	}()
	cost := nanoseconds(func() {
		ping <- exchanges
		<-done
	})
	return cost / float64(2*exchanges)
}

func ring(hops int) float64 {
	const links = 100
	boxes, done := make([]chan int, links), make(chan bool)
	for i := range boxes {
		boxes[i] = make(chan int, 1)
	}
	for i := range boxes {
		go func(mine, next chan int) {
			for left := range mine {
				if left == 0 {
					done <- true
				} else {
					next <- left - 1
				}
			}
		}(boxes[i], boxes[(i+1)%links])
	}
	cost := nanoseconds(func() {
		boxes[0] <- hops
		<-done
	})
	return cost / float64(hops)
}

func big(questionsEach int) float64 {
	const crowd = 120
	type message struct {
		from   int
		answer bool
	}
	boxes, done := make([]chan message, crowd), make(chan bool, crowd)
	for i := range boxes {
		boxes[i] = make(chan message, 2*crowd) // never full: one question and one answer each
	}
	for i := range boxes {
		go func(me int) {
			random, left := uint64(me+1), questionsEach
			for m := range boxes[me] {
				if !m.answer {
					boxes[m.from] <- message{me, true}
				} else if left == 0 {
					done <- true
				} else {
					left--
					random = random*6364136223846793005 + 1442695040888963407
					boxes[(random>>33)%crowd] <- message{me, false}
				}
			}
		}(i)
	}
	cost := nanoseconds(func() {
		for i := range boxes {
			boxes[i] <- message{i, true} // to begin with
		}
		for range boxes {
			<-done
		}
	})
	return cost / float64(2*crowd*questionsEach)
}

func request(times int) float64 {
	runtime.LockOSThread() // a thread asks, not a goroutine
	questions, answers := make(chan int, 1), make(chan int, 1)
	go func() {
		for n := range questions {
			answers <- n
		}
	}()
	cost := nanoseconds(func() {
		for i := 0; i < times; i++ {
			questions <- 1
			<-answers
		}
	})
	return cost / float64(times)
}

func main() {
	runtime.GOMAXPROCS(workers)
	cases := map[string]func(int) float64{"ping_pong": pingPong, "ring": ring, "big": big, "request": request}
	n, _ := strconv.Atoi(os.Args[2])
	fmt.Println(cases[os.Args[1]](n))
}
